{{/* What every pod of this chart has in common. Takes the root. */}}
{{- define "enablement.podSecurity" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .Values.review.user }}
  runAsGroup: {{ .Values.review.user }}
  fsGroup: {{ .Values.review.user }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.review.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

{{- define "enablement.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}


{{/* A Job that runs before an install or upgrade and leaves nothing behind when it went well. */}}
{{- define "enablement.hook" -}}
helm.sh/hook: pre-install,pre-upgrade
helm.sh/hook-weight: {{ . | quote }}
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end }}

{{/* Where the service keeps things, for the pods that reach them: the object store's keys and the state folder. */}}
{{- define "enablement.storeVolumes" -}}
{{- with include "enablement.objectStoreSecret" . }}
- name: object-store
  secret:
    secretName: {{ . }}
    defaultMode: 0440
    items:
      - {key: {{ $.Values.objectStore.accessKeyIdKey }}, path: access-key-id}
      - {key: {{ $.Values.objectStore.secretAccessKeyKey }}, path: secret-access-key}
{{- end }}
- name: state
  {{- with include "enablement.stateClaim" . }}
  persistentVolumeClaim: {claimName: {{ . }}}
  {{- else }}
  emptyDir: {sizeLimit: {{ .Values.review.state.sizeLimit }}}
  {{- end }}
{{- end }}
