{{/* The one document that hub, service, spawn page, pre-puller and the check before an install read. */}}
{{- define "enablement.catalog" -}}
{{- dict "default" .Values.catalog.default "reference" .Values.catalog.reference "images" .Values.images | toJson -}}
{{- end }}

{{/* The reference of one release for one Python, by digest. Takes {"pattern": …, "image": …, "release": …, "python": …, "digest": …}. */}}
{{- define "enablement.reference" -}}
{{ .pattern | replace "{image}" .image | replace "{release}" .release | replace "{python}" .python }}@{{ .digest }}
{{- end }}

{{/* The Python that a release starts with when nobody chose: the oldest that was built. Takes the release. */}}
{{- define "enablement.defaultPython" -}}
{{- $found := "" -}}
{{- range .python }}{{ if and (not $found) (hasKey ($.oci | default dict) .) }}{{ $found = . }}{{ end }}{{ end -}}
{{ $found }}
{{- end }}

{{/* The newest release among those given, by year, month and number. Takes the list of versions. */}}
{{- define "enablement.newest" -}}
{{- $newest := "" -}}
{{- $best := "" -}}
{{- range . }}
{{- $parts := splitList "." . }}
{{- $key := printf "%04d%02d%06d" (index $parts 0 | atoi) (index $parts 1 | atoi) (index $parts 2 | atoi) }}
{{- if gt $key $best }}{{ $best = $key }}{{ $newest = . }}{{ end }}
{{- end -}}
{{ $newest }}
{{- end }}
