{{/* The values that a Zero to JupyterHub of your own needs. core/images/deploy/hub_values.py says the same, and a test compares. */}}
{{- define "enablement.hubValues" -}}
hub:
  services:
    enablement:
      url: http://enablement-review:8080
  config:
    Enablement:
      catalog: /etc/enablement/catalog
      service_url: http://enablement-review:8080
      {{- with .Values.review.decisions.url }}
      decision_url: {{ . }}
      hub_url: {{ $.Values.hub.publicHost }}
      {{- end }}
      service_url_for_servers: {{ ternary "http://enablement-review:8080" "http://proxy-public" .Values.review.networkPolicy.fromServers }}
  allowNamedServers: true
  extraConfig:
    zz-enablement: |
      from enablement_ext.hub import configure
      configure(c)
  extraVolumes:
    - name: enablement-catalog
      configMap:
        name: enablement-catalog
        optional: true
  extraVolumeMounts:
    - name: enablement-catalog
      mountPath: /etc/enablement/catalog
      readOnly: true
singleuser:
  uid: 1000
  fsGid: 1000
{{- if .Values.servers.networkPolicy.enabled }}
  networkPolicy:
    enabled: false
{{- end }}
{{- end }}
