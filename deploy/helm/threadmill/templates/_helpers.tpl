{{- define "threadmill.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" }}{{ end }}
{{- end }}

{{/* Labels of what belongs to a component; the argument is (dict "root" $ "component" "api-gateway"). */}}
{{- define "threadmill.selector" -}}
app.kubernetes.io/name: threadmill
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "threadmill.labels" -}}
{{ include "threadmill.selector" . }}
app.kubernetes.io/part-of: threadmill
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{- define "threadmill.image" -}}
{{- $image := .root.Values.image -}}
{{- with $image.registry }}{{ . }}/{{ end }}{{ $image.repository }}/{{ .component }}
{{- if .digest }}@{{ .digest }}{{ else }}:{{ $image.tag | default .root.Chart.AppVersion }}{{ end }}
{{- end }}

{{/* Whether a job migrates before the services start. The bundled PostgreSQL is not there before them. */}}
{{- define "threadmill.migratedByJob" -}}
{{- if and .Values.migrations.job (not .Values.postgresql.enabled) }}yes{{ end }}
{{- end }}

{{/* Charts below do not see the values of this one, so what both must know is compared. */}}
{{- define "threadmill.checkTrialDatabase" -}}
{{- $server := .Values.postgresql -}}
{{- $database := .Values.database -}}
{{- range $pair := list
  (list "existingSecret" $server.existingSecret ($database.secret | default .Values.existingSecret))
  (list "passwordKey" $server.passwordKey $database.passwordKey)
  (list "username" $server.username $database.username)
  (list "database" $server.database $database.name) -}}
{{- if ne (index $pair 1) (index $pair 2) -}}
{{- fail (printf "postgresql.%s is %s, but the services use %s: set postgresql.%s to the same" (index $pair 0) (index $pair 1) (index $pair 2) (index $pair 0)) -}}
{{- end -}}
{{- end -}}
{{- end }}

{{- define "threadmill.databaseHost" -}}
{{- if .Values.postgresql.enabled }}{{ include "threadmill.checkTrialDatabase" . }}{{ .Release.Name }}-postgresql{{ else }}{{ required "set database.host, or postgresql.enabled for a trial" .Values.database.host }}{{ end }}
{{- end }}

{{- define "threadmill.databaseUrl" -}}
{{- $database := .Values.database -}}
jdbc:postgresql://{{ include "threadmill.databaseHost" . }}:{{ $database.port }}/{{ $database.name }}
{{- if .Values.postgresql.enabled }}?sslmode=disable{{ else }}?sslmode={{ $database.sslMode }}{{ if $database.caSecret }}&sslrootcert=/etc/threadmill/database/ca.crt{{ end }}{{ end }}
{{- end }}

{{/* By a name that is understood in every namespace, for KEDA asks from its own. */}}
{{- define "threadmill.kafkaServers" -}}
{{- if .Values.kafka.enabled }}{{ .Release.Name }}-kafka.{{ .Release.Namespace }}.svc:9092{{ else }}{{ required "set kafka.bootstrapServers, or kafka.enabled for a trial" .Values.kafka.bootstrapServers }}{{ end }}
{{- end }}

{{/* How the database is reached; the argument is (dict "root" $ "username" "" "passwordKey" ""). */}}
{{- define "threadmill.databaseEnv" -}}
{{- $values := .root.Values -}}
- name: SPRING_DATASOURCE_URL
  value: {{ include "threadmill.databaseUrl" .root | quote }}
- name: SPRING_DATASOURCE_USERNAME
  value: {{ .username | default $values.database.username | quote }}
- name: SPRING_DATASOURCE_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ $values.database.secret | default $values.existingSecret }}
      key: {{ .passwordKey | default $values.database.passwordKey }}
{{- end }}

{{- define "threadmill.kafkaEnv" -}}
{{- $kafka := .root.Values.kafka -}}
- name: SPRING_KAFKA_BOOTSTRAP_SERVERS
  value: {{ include "threadmill.kafkaServers" .root | quote }}
- name: KAFKA_TOPIC_PARTITIONS
  value: {{ $kafka.topicPartitions | quote }}
- name: KAFKA_SECURITY_PROTOCOL
  value: {{ $kafka.securityProtocol }}
{{- if hasPrefix "SASL" $kafka.securityProtocol }}
- name: KAFKA_SASL_MECHANISM
  value: {{ $kafka.sasl.mechanism }}
- name: KAFKA_SASL_USERNAME
  value: {{ required "set kafka.sasl.username, or each component's kafka.username" (.username | default $kafka.sasl.username) | quote }}
- name: KAFKA_SASL_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ $kafka.sasl.secret | default .root.Values.existingSecret }}
      key: {{ .passwordKey | default $kafka.sasl.passwordKey }}
{{- end }}
{{- if $kafka.caSecret }}
- name: KAFKA_CA_FILE
  value: /etc/threadmill/kafka/ca.crt
{{- end }}
{{- end }}

{{/* What every pod may: nothing but to write to /tmp. */}}
{{- define "threadmill.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "threadmill.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* One list of the components, with what differs between them. Of the secret's keys each gets those it reads. */}}
{{- define "threadmill.components" -}}
- component: api-gateway
  key: gateway
  secrets: [API_TOKEN, THREADMILL_SECRET_KEY, OPENAI_API_KEY]
- component: ingest-service
  key: ingest
  secrets: [CHATWOOT_API_TOKEN, CHATWOOT_WEBHOOK_SECRET, THREADMILL_SECRET_KEY]
- component: embed-worker
  key: embedWorker
  secrets: [OPENAI_API_KEY]
- component: scheduler-service
  key: scheduler
  secrets: [CHATWOOT_API_TOKEN, OPENAI_API_KEY, THREADMILL_SECRET_KEY]
{{- end }}

{{/* How many connections all processes' pools may hold; the argument is (dict "root" $ "more" 0), more: pods of each component besides. */}}
{{- define "threadmill.connections" -}}
{{- $values := .root.Values -}}
{{- $more := .more -}}
{{- $all := 0 -}}
{{- range $each := include "threadmill.components" .root | fromYamlArray -}}
{{- $component := index $values $each.key -}}
{{- $replicas := $component.replicas -}}
{{- if and (eq $each.key "embedWorker") $values.embedWorker.autoscaling.enabled -}}
{{- $replicas = $component.autoscaling.maxReplicas -}}
{{- end -}}
{{- $pool := get $component.settings "DATABASE_POOL_SIZE" | default (get $values.settings "DATABASE_POOL_SIZE") | default 10 -}}
{{- $all = add $all (mul (add $replicas $more) $pool) -}}
{{- end -}}
{{- $all -}}
{{- end }}

{{/* The certificates of who signed the servers' own. */}}
{{- define "threadmill.caMounts" -}}
{{- if .Values.database.caSecret }}
- name: database-ca
  mountPath: /etc/threadmill/database
  readOnly: true
{{- end }}
{{- if .Values.kafka.caSecret }}
- name: kafka-ca
  mountPath: /etc/threadmill/kafka
  readOnly: true
{{- end }}
{{- end }}

{{- define "threadmill.caVolumes" -}}
{{- if .Values.database.caSecret }}
- name: database-ca
  secret:
    secretName: {{ .Values.database.caSecret }}
    items: [{key: ca.crt, path: ca.crt}]
{{- end }}
{{- if .Values.kafka.caSecret }}
- name: kafka-ca
  secret:
    secretName: {{ .Values.kafka.caSecret }}
    items: [{key: ca.crt, path: ca.crt}]
{{- end }}
{{- end }}
