{{/* What JupyterHub tells a service that it starts itself, for one that it does not. */}}
{{- define "enablement.reviewEnv" -}}
- {name: HOME, value: /tmp}
{{- include "enablement.databaseEnv" . }}
{{- if .Values.database.sqlite }}
- {name: ENABLEMENT_STATE, value: /var/lib/enablement}
{{- end }}
- name: JUPYTERHUB_API_TOKEN
  valueFrom:
    secretKeyRef:
      name: {{ .Values.hub.token.secret }}
      key: {{ .Values.hub.token.key }}
- {name: JUPYTERHUB_API_URL, value: {{ .Values.hub.apiUrl | quote }}}
- {name: JUPYTERHUB_BASE_URL, value: {{ .Values.hub.baseUrl | quote }}}
- {name: JUPYTERHUB_HOST, value: {{ .Values.hub.publicHost | quote }}}
- {name: JUPYTERHUB_SERVICE_NAME, value: enablement}
- {name: JUPYTERHUB_SERVICE_PREFIX, value: {{ include "enablement.prefix" . | quote }}}
- {name: JUPYTERHUB_SERVICE_URL, value: "http://0.0.0.0:8080"}
- {name: JUPYTERHUB_CLIENT_ID, value: service-enablement}
- {name: JUPYTERHUB_OAUTH_CALLBACK_URL, value: {{ .Values.review.decisions.url }}{{ include "enablement.prefix" . }}oauth_callback}
{{- range $name, $value := .Values.review.extraEnv }}
- name: {{ $name }}
  {{- if kindIs "map" $value }}
  valueFrom:
    {{- toYaml $value | nindent 4 }}
  {{- else }}
  value: {{ $value | quote }}
  {{- end }}
{{- end }}
{{- end }}
