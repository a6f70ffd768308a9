{{- define "ecs-operator.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- /*
The release's name, in front of the chart's where it does not hold it already. Cut at 53, so that what the longest name adds, `-dashboard`, still
fits the 63 characters that Kubernetes allows in most names.
*/ -}}
{{- define "ecs-operator.fullname" -}}
{{- $name := include "ecs-operator.name" . }}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) }}
{{- default $full .Values.fullnameOverride | trunc 53 | trimSuffix "-" }}
{{- end }}

{{- define "ecs-operator.selectorLabels" -}}
app.kubernetes.io/name: {{ include "ecs-operator.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "ecs-operator.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "ecs-operator.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: ecs-operator
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "ecs-operator.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "ecs-operator.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- required "serviceAccount.name is empty: with serviceAccount.create=false it has to name the ServiceAccount that the operator runs as." .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- /* A digest says exactly which image; a tag beside it is only for people. */ -}}
{{- define "ecs-operator.image" -}}
{{- $tag := default .Chart.AppVersion .Values.image.tag }}
{{- with .Values.image.digest }}
{{- printf "%s:%s@%s" $.Values.image.repository $tag . }}
{{- else }}
{{- printf "%s:%s" .Values.image.repository $tag }}
{{- end }}
{{- end }}

{{- /* `keep` holds the CRD when the release goes: without it, `helm uninstall` would delete every object, and with them what they are in AWS. */ -}}
{{- define "ecs-operator.crdMetadata" -}}
labels:
  {{- include "ecs-operator.labels" . | nindent 2 }}
annotations:
  {{- if .Values.crds.keep }}
  helm.sh/resource-policy: keep
  {{- else }}
  ecs-operator.dev/allow-deletion: "true"
  {{- end }}
  {{- with .Values.crds.annotations }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{- define "ecs-operator.subjects" -}}
- kind: ServiceAccount
  name: {{ include "ecs-operator.serviceAccountName" . }}
  namespace: {{ .Release.Namespace }}
{{- end }}

{{- /* What the schema cannot compare. The operator or the API server would refuse the same, but later and where nobody looks. */ -}}
{{- define "ecs-operator.validate" -}}
{{- $region := required "aws.region is empty: set it to the AWS region of objects that have no spec.region, such as --set aws.region=eu-west-1." .Values.aws.region }}
{{- range .Values.extraEnv }}
{{- if has .name (list "POD_NAME" "POD_NAMESPACE" "AWS_REGION") }}
{{- fail (printf "extraEnv has %s, which the chart sets itself: the region is aws.region, the others are the pod's own." .name) }}
{{- end }}
{{- end }}
{{- with .Values.leaderElection }}
{{- if le (float64 .leaseDuration) (float64 .renewDeadline) }}
{{- fail (printf "leaderElection.leaseDuration is %v: it must be longer than leaderElection.renewDeadline, which is %v." .leaseDuration .renewDeadline) }}
{{- end }}
{{- if le (float64 .renewDeadline) (mulf 1.2 (float64 .retryPeriod)) }}
{{- fail (printf "leaderElection.renewDeadline is %v: it must be more than 1.2 times leaderElection.retryPeriod, which is %v." .renewDeadline .retryPeriod) }}
{{- end }}
{{- end }}
{{- with .Values.strategy }}
{{- if ne (toString .type) "Recreate" }}
{{- with .rollingUpdate }}
{{- if and (regexMatch "^0+%?$" (toString .maxSurge)) (regexMatch "^0+%?$" (toString .maxUnavailable)) }}
{{- fail "strategy.rollingUpdate.maxSurge and strategy.rollingUpdate.maxUnavailable are both 0: a rollout could neither start a new pod nor end an old one. Let one of them be more than 0." }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- include "ecs-operator.validateTraces" . }}
{{- end }}

{{- /* The operator would run well, and every span would be lost behind the policy. What `extra` lets out is for its author to know. */ -}}
{{- define "ecs-operator.validateTraces" -}}
{{- $egress := .Values.networkPolicy.egress }}
{{- if and .Values.traces.endpoint .Values.networkPolicy.enabled $egress.enabled (not $egress.extra) }}
{{- $url := urlParse .Values.traces.endpoint }}
{{- $port := regexFind ":[0-9]+$" $url.host | trimPrefix ":" | default (ternary "443" "80" (eq $url.scheme "https")) }}
{{- $open := list }}
{{- range $egress.tcpPorts }}
{{- $open = append $open (toString .) }}
{{- end }}
{{- if not (has $port $open) }}
{{- fail (printf "networkPolicy.egress.tcpPorts does not have %s, the port of traces.endpoint, which is %s: add it, or a rule in networkPolicy.egress.extra that lets it out." $port .Values.traces.endpoint) }}
{{- end }}
{{- end }}
{{- end }}

{{- /* Tells the metrics Service from others of the release; a ServiceMonitor selects by it. */ -}}
{{- define "ecs-operator.metricsLabels" -}}
app.kubernetes.io/component: metrics
{{- end }}
