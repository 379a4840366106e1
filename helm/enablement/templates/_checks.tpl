{{/* What the schema cannot say. Every message names the key and what to do. */}}
{{- define "enablement.checks" -}}
{{- $v := .Values -}}
{{- if not $v.review.image.name }}
{{- fail "review.image.name is empty: set it to the image of the review service in your registry (built from images/servers/service; see docs/how-to/cluster/install.md)" }}
{{- end }}
{{- if not (or $v.review.image.tag $v.review.image.digest) }}
{{- fail "review.image has neither tag nor digest: set one of them" }}
{{- end }}
{{- if not (or $v.database.url $v.database.existingSecret $v.database.sqlite) }}
{{- fail "database.url and database.existingSecret are empty: set database.url to postgresql://USER:PASSWORD@HOST:5432/NAME, or database.existingSecret to the name of a Secret that holds such a URL, or database.sqlite to true (docs/how-to/cluster/small.md)" }}
{{- end }}
{{- if and $v.database.sqlite (or $v.database.url $v.database.existingSecret) }}
{{- fail "database.sqlite is true and a PostgreSQL database is set: keep one of them" }}
{{- end }}
{{- if and $v.review.state.existingClaim $v.review.state.size }}
{{- fail "review.state.existingClaim and review.state.size are both set: keep one of them" }}
{{- end }}
{{- if and $v.database.sqlite (not (include "enablement.stateClaim" .)) }}
{{- fail "database.sqlite is true and there is no volume, so the queue would be lost with its pod: set review.state.size, for example to 20Gi, or review.state.existingClaim" }}
{{- end }}
{{- if and (gt (int $v.review.replicas) 1) (or $v.database.sqlite $v.review.state.size) }}
{{- fail "review.replicas is more than 1, and a SQLite file or a claim of review.state.size is for one pod: set review.replicas to 1, or move to PostgreSQL and a bucket (docs/how-to/cluster/small.md)" }}
{{- end }}
{{- if and $v.database.url $v.database.existingSecret }}
{{- fail "database.url and database.existingSecret are both set: keep one of them" }}
{{- end }}
{{- if and (not $v.objectStore.bucket) (not (include "enablement.stateClaim" .)) }}
{{- fail "objectStore.bucket and review.state.existingClaim are empty, so submissions would be lost with their pod: set objectStore.bucket to a bucket, or review.state.existingClaim to the name of a PersistentVolumeClaim, or review.state.size" }}
{{- end }}
{{- if and (not $v.objectStore.existingSecret) (ne (empty $v.objectStore.accessKeyId) (empty $v.objectStore.secretAccessKey)) }}
{{- fail "objectStore.accessKeyId and objectStore.secretAccessKey belong together: set both, or objectStore.existingSecret" }}
{{- end }}
{{- if and $v.objectStore.existingSecret $v.objectStore.accessKeyId }}
{{- fail "objectStore.existingSecret and objectStore.accessKeyId are both set: keep one of them" }}
{{- end }}
{{- if and (ne $v.forge.kind "bundled") (not $v.forge.existingSecret) }}
{{- fail (printf "forge.kind is %s and forge.existingSecret is empty: set it to the name of a Secret that holds what the service comes with, under the key forge.secretKey" $v.forge.kind) }}
{{- end }}
{{- if and $v.backup.enabled (not $v.backup.existingClaim) }}
{{- fail "backup.enabled is true and backup.existingClaim is empty: set it to the name of a PersistentVolumeClaim, best on another storage system" }}
{{- end }}
{{- if and $v.review.decisions.url (not $v.hub.publicHost) }}
{{- fail "review.decisions.url is set and hub.publicHost is empty: set it to the hub's origin as a browser sees it, for example https://hub.example.org; the decision page sends people there to sign in" }}
{{- end }}
{{- if and $v.review.decisions.url (eq $v.review.decisions.url $v.hub.publicHost) }}
{{- fail "review.decisions.url is the hub's own origin, which every lab page has: set it to a second host name that leads to port 8090 of the Service enablement-review" }}
{{- end }}
{{- if lt (int $v.review.termination.graceSeconds) (add (int $v.review.termination.drainSeconds) 15) }}
{{- fail "review.termination.graceSeconds leaves no time to finish what was begun: set it to review.termination.drainSeconds and 15 more at least" }}
{{- end }}
{{- include "enablement.catalogChecks" . }}
{{- if $v.jupyterhub.enabled }}{{ include "enablement.wholeChecks" . }}{{ end }}
{{- end }}

{{/* Images and releases: what can be said before anything is installed. The rest is said by the Job that runs before. */}}
{{- define "enablement.catalogChecks" -}}
{{- $v := .Values -}}
{{- if and $v.catalog.default (not (hasKey $v.images $v.catalog.default)) }}
{{- fail (printf "catalog.default is %q, and there is no images.%s: name one of %s" $v.catalog.default $v.catalog.default (keys $v.images | sortAlpha | join ", " | default "(images is empty)")) }}
{{- end }}
{{- if and $v.images (not $v.catalog.reference) }}
{{- fail "catalog.reference is empty, so nodes would not know where to pull from: set it to where your images are, for example registry.example.org/enablement/{image}:{release}-py{python}" }}
{{- end }}
{{- range $slug, $image := $v.images }}
{{- $recommended := list }}
{{- range $version, $release := $image.releases }}
{{- $where := printf "images.%s.releases[%q]" $slug $version }}
{{- if eq $release.status "recommended" }}{{ $recommended = append $recommended $version }}{{ end }}
{{- with $release.redirect }}
{{- if not (hasKey $image.releases .) }}
{{- fail (printf "%s.redirect is %q, which is no release of %s: name one of %s" $where . $slug (keys $image.releases | sortAlpha | join ", ")) }}
{{- end }}
{{- end }}
{{- if and (eq $release.status "deprecated") (not $release.redirect) }}
{{- fail (printf "%s is deprecated and leads nowhere: set %s.redirect to the release to take instead" $where $where) }}
{{- end }}
{{- if and (ne $release.status "withdrawn") (not $release.redirect) (not $release.oci) }}
{{- fail (printf "%s.oci is empty, so there is no digest to start from: build it (`enablement image build %s/%s --oci --record`) and export again, or set its status to withdrawn" $where $slug $version) }}
{{- end }}
{{- end }}
{{- if gt (len $recommended) 1 }}
{{- fail (printf "images.%s recommends %d releases (%s): leave one with status recommended and set the others to supported" $slug (len $recommended) (join ", " $recommended)) }}
{{- end }}
{{- end }}
{{- $bytes := include "enablement.catalog" . | len }}
{{- if gt $bytes 1000000 }}
{{- fail (printf "images holds %d bytes, and a ConfigMap takes 1,000,000: export it again with `enablement image export helm --packages direct`, or drop `packages` of old releases" $bytes) }}
{{- end }}
{{- end }}

{{/* The whole chart: the subchart's values must tie it to Enablement. Lists replace lists, so they can get lost. */}}
{{- define "enablement.wholeChecks" -}}
{{- $hub := .Values.jupyterhub.hub -}}
{{- $remedy := "write it again as in this chart's values.yaml (`enablement helm hub-values` prints it), or set jupyterhub.enabled to false" -}}
{{- if not (($hub.image | default dict).name) }}
{{- fail "jupyterhub.hub.image.name is empty: set it to the hub's image in your registry (built from images/servers/hub), or set jupyterhub.enabled to false to use the hub that you have" }}
{{- end }}
{{- if not (dig "services" "enablement" "url" "" $hub) }}
{{- fail (printf "jupyterhub.hub.services.enablement is missing, so the hub would not know the review service: %s" $remedy) }}
{{- end }}
{{- if not (contains "configure(c)" (values ($hub.extraConfig | default dict) | join "\n")) }}
{{- fail (printf "no entry of jupyterhub.hub.extraConfig calls configure(c), so the hub would not have Enablement: %s" $remedy) }}
{{- end }}
{{- $told := dig "config" "Enablement" "decision_url" "" $hub }}
{{- if ne $told .Values.review.decisions.url }}
{{- fail (printf "jupyterhub.hub.config.Enablement.decision_url is %q and review.decisions.url is %q: set both to the same origin, and jupyterhub.hub.config.Enablement.hub_url to hub.publicHost" $told .Values.review.decisions.url) }}
{{- end }}
{{- $mounted := false }}
{{- range $hub.extraVolumes }}{{ if eq (dig "configMap" "name" "" .) "enablement-catalog" }}{{ $mounted = true }}{{ end }}{{ end }}
{{- if and .Values.images (not $mounted) }}
{{- fail (printf "jupyterhub.hub.extraVolumes does not hold the ConfigMap enablement-catalog, so the hub would not see images: %s" $remedy) }}
{{- end }}
{{- $base := $hub.baseUrl | default "/" }}
{{- if ne (trimAll "/" $base) (trimAll "/" .Values.hub.baseUrl) }}
{{- fail (printf "hub.baseUrl is %q and jupyterhub.hub.baseUrl is %q: set both to the same" .Values.hub.baseUrl $base) }}
{{- end }}
{{- if and .Values.servers.networkPolicy.enabled (dig "singleuser" "networkPolicy" "enabled" true .Values.jupyterhub) }}
{{- fail "servers.networkPolicy.enabled and jupyterhub.singleuser.networkPolicy.enabled are both true, and policies add up: set one of them to false" }}
{{- end }}
{{- if and (ne .Values.forge.kind "bundled") (not (dig "config" "Enablement" "forge_base" "" $hub)) }}
{{- fail (printf "forge.kind is %s and jupyterhub.hub.config.Enablement.forge_base is empty, so servers of people would not know where it is: set it to what every clone address begins with, for example https://git.example.org/science/" .Values.forge.kind) }}
{{- end }}
{{- $forServers := dig "config" "Enablement" "service_url_for_servers" "" $hub }}
{{- if and (dig "proxy" "https" "enabled" false .Values.jupyterhub) (eq $forServers "http://proxy-public") }}
{{- fail "jupyterhub.proxy.https.enabled is true, and then http://proxy-public only redirects: set jupyterhub.hub.config.Enablement.service_url_for_servers to http://enablement-review:8080 and review.networkPolicy.fromServers to true" }}
{{- end }}
{{- if and (eq $forServers "http://enablement-review:8080") .Values.review.networkPolicy.enabled (not .Values.review.networkPolicy.fromServers) }}
{{- fail "jupyterhub.hub.config.Enablement.service_url_for_servers is http://enablement-review:8080, and the network policies do not let servers there: set review.networkPolicy.fromServers to true" }}
{{- end }}
{{- end }}
