{{/* "yes" where the pages on which people decide have a port of their own. */}}
{{- define "enablement.decisionPort" -}}
{{- if and .Values.review.decisions.url .Values.review.decisions.ownPort }}yes{{ end }}
{{- end }}

{{/* The settings file of the review service: what this chart knows, then what review.config says. */}}
{{- define "enablement.reviewConfig" -}}
{{- $ours := dict "service_url" "http://0.0.0.0:8080" "state" "/var/lib/enablement" "key_file" "/etc/enablement/sealing/key" "drain_seconds" .Values.review.termination.drainSeconds }}
{{- if .Values.images }}{{ $_ := set $ours "catalog" "/etc/enablement/catalog" }}{{ end }}
{{- /* Together with what is held meanwhile it must fit into review.resources: where a container's memory runs out, all of it is killed. */}}
{{- $checking := dict "count" 1 "memory_bytes" 1073741824 }}
{{- $config := dict "ReviewService" $ours "CheckingProcesses" $checking }}
{{- if .Values.review.rules }}{{ $_ := set $config "ArrivalCheckSettings" (dict "rules_file" "/etc/enablement/review/rules.toml") }}{{ end }}
{{- with .Values.review.decisions }}
{{- $decisions := dict "url" .url "accepted_risks" .acceptedRisks "servers" "elsewhere" }}
{{- if .url }}{{ $_ := set $decisions "hub_url" $.Values.hub.publicHost }}{{ end }}
{{- if include "enablement.decisionPort" $ }}{{ $_ := set $decisions "listen" "http://0.0.0.0:8090" }}{{ end }}
{{- $_ := set $config "DecisionSettings" $decisions }}
{{- end }}
{{- with .Values.objectStore }}
{{- if .bucket }}
{{- $_ := set $ours "artifact_store" "s3" }}
{{- $place := dict "bucket" .bucket "endpoint" .endpoint "region" .region "prefix" .prefix "path_style" .pathStyle }}
{{- if include "enablement.objectStoreSecret" $ }}{{ $_ := set $place "keys" "/etc/enablement/object-store" }}{{ end }}
{{- $_ := set $config "ObjectStore" $place }}
{{- end }}
{{- end }}
{{- with .Values.forge }}
{{- if ne .kind "bundled" }}
{{- $forge := dict "kind" .kind "url" .url "api_url" .apiUrl "owner" .owner "account" .account "hook_url" .hookUrl "secret_file" "/etc/enablement/forge/secret" }}
{{- if .hookSecretKey }}{{ $_ := set $forge "hook_secret_file" "/etc/enablement/forge/hook" }}{{ end }}
{{- $_ := set $config "ForgeSettings" $forge }}
{{- end }}
{{- end }}
{{- mergeOverwrite $config (deepCopy .Values.review.config) | toJson }}
{{- end }}
