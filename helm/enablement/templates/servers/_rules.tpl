{{/* Who may speak with a server: hub and proxy, and what Zero to JupyterHub labels so. */}}
{{- define "enablement.serversIngress" -}}
- from:
    - podSelector:
        matchLabels:
          {{- toYaml .Values.hub.podLabels.hub | nindent 10 }}
    - podSelector:
        matchLabels:
          {{- toYaml .Values.hub.podLabels.proxy | nindent 10 }}
    - podSelector:
        matchLabels:
          hub.jupyter.org/network-access-singleuser: "true"
  ports: [{port: 8888}]
{{- end }}

{{/* What every server needs: names, the hub's API, and the proxy, behind which the review service is. */}}
{{- define "enablement.serversEgress" -}}
- to:
    - namespaceSelector:
        matchLabels: {kubernetes.io/metadata.name: kube-system}
    - ipBlock: {cidr: 10.0.0.0/8}
    - ipBlock: {cidr: 172.16.0.0/12}
    - ipBlock: {cidr: 192.168.0.0/16}
    - ipBlock: {cidr: 169.254.20.10/32}
  ports:
    - {port: 53, protocol: UDP}
    - {port: 53, protocol: TCP}
- to:
    - podSelector:
        matchLabels:
          {{- toYaml .Values.hub.podLabels.hub | nindent 10 }}
  ports: [{port: 8081}]
- to:
    - podSelector:
        matchLabels:
          {{- toYaml .Values.hub.podLabels.proxy | nindent 10 }}
  ports: [{port: 8000}]
{{- end }}
