{{/* Names are fixed, as Zero to JupyterHub's are: the values of the subchart name them, and values cannot be computed. */}}
{{- define "enablement.labels" -}}
app.kubernetes.io/name: enablement
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name (.Chart.Version | replace "+" "_") }}
{{- end }}

{{/* What selects the pods of one component. Takes {"root": ., "component": "review"}. */}}
{{- define "enablement.selector" -}}
app.kubernetes.io/name: enablement
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "enablement.databaseSecret" -}}
{{ .Values.database.existingSecret | default "enablement-database" }}
{{- end }}

{{- define "enablement.sealingSecret" -}}
{{ .Values.review.sealingKey.existingSecret | default "enablement-sealing-key" }}
{{- end }}

{{/* The Secret with the object store's keys; empty where the store is asked without keys. */}}
{{- define "enablement.objectStoreSecret" -}}
{{- if .Values.objectStore.existingSecret }}{{ .Values.objectStore.existingSecret }}
{{- else if .Values.objectStore.accessKeyId }}enablement-object-store
{{- end }}
{{- end }}

{{/* The claim that the state folder is on; empty where it goes with the pod. */}}
{{- define "enablement.stateClaim" -}}
{{- with .Values.review.state }}{{ if .existingClaim }}{{ .existingClaim }}{{ else if .size }}enablement-state{{ end }}{{ end }}
{{- end }}

{{/* Whether the state is one pod's at a time: then the old one goes before a new one comes. */}}
{{- define "enablement.onePod" -}}
{{- if or .Values.database.sqlite .Values.review.state.size }}yes{{ end }}
{{- end }}

{{/* Where the database is, for pods that are told by their environment. SQLite is in the state folder, which nobody has to be told. */}}
{{- define "enablement.databaseEnv" -}}
{{- if not .Values.database.sqlite }}
- name: ENABLEMENT_DATABASE_URL
  valueFrom:
    secretKeyRef:
      name: {{ include "enablement.databaseSecret" . }}
      key: {{ .Values.database.existingSecretKey }}
{{- end }}
{{- end }}

{{/* The service's path as a browser sees it, with slashes around it. */}}
{{- define "enablement.prefix" -}}
{{ printf "/%s/services/enablement/" (trimAll "/" .Values.hub.baseUrl) | replace "//" "/" }}
{{- end }}

{{- define "enablement.reviewImage" -}}
{{- $image := .Values.review.image -}}
{{ $image.name }}{{ with $image.tag }}:{{ . }}{{ end }}{{ with $image.digest }}@{{ . }}{{ end }}
{{- end }}

{{/* The port that the forge's API answers on. */}}
{{- define "enablement.forgePort" -}}
{{- $url := urlParse (.Values.forge.apiUrl | default .Values.forge.url | default "https://-") -}}
{{- if contains ":" $url.host }}{{ splitList ":" $url.host | last }}{{ else }}{{ ternary 80 443 (eq $url.scheme "http") }}{{ end }}
{{- end }}
