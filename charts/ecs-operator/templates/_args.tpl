{{- /* The flags of the operator, as loadConfig in src/config.ts reads them. */ -}}
{{- define "ecs-operator.args" -}}
- --aws-quota-scale={{ .Values.aws.quotaScale }}
{{- with .Values.watch.namespace }}
- --namespace={{ . }}
{{- end }}
{{- with .Values.watch.labelSelector }}
- {{ printf "--label-selector=%s" . | quote }}
{{- end }}
- --aws-accounts={{ .Values.accounts.enabled }}
- --resync={{ .Values.resync }}
- --concurrency={{ .Values.concurrency }}
- --leader-elect=true
- --shards={{ .Values.shards }}
- --lease-duration={{ .Values.leaderElection.leaseDuration }}
- --renew-deadline={{ .Values.leaderElection.renewDeadline }}
- --retry-period={{ .Values.leaderElection.retryPeriod }}
- --metrics-bind-address=:{{ .Values.ports.metrics }}
- --health-probe-bind-address=:{{ .Values.ports.health }}
{{- with .Values.traces.endpoint }}
- {{ printf "--traces-endpoint=%s" . | quote }}
{{- end }}
- --log-level={{ .Values.logLevel }}
{{- end }}
