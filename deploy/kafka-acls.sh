#!/bin/sh
# Makes Threadmill's topics, and gives each service's user the rights it needs and no more. Run it before the first start, and
# again after each upgrade; it takes nothing away. The users themselves (SCRAM) are made with kafka-configs.sh.
#
#   KAFKA_BIN=/opt/kafka/bin SERVERS=kafka:9093 ADMIN=admin.properties PARTITIONS=12 sh deploy/kafka-acls.sh
#
# ADMIN is a file with the login of who may alter the cluster. DRY_RUN=1 prints the commands.
set -eu

# user  operations  topic|group|prefixed-group  name
# Read and Write include Describe, which every service needs on all topics: it waits until they are there. The gateway reads
# dead letters and sends them to their topics again; the scheduler measures how far all groups are.
rights() {
  cat <<'RIGHTS'
threadmill-gateway    Write         topic           scheduler.tick
threadmill-gateway    Write         topic           job.requested
threadmill-gateway    Write         topic           conversation.hinted
threadmill-gateway    Write         topic           message.upserted
threadmill-gateway    Describe      topic           job.finished
threadmill-gateway    Read          topic           scheduler.tick.scheduler-service.tick.dlt
threadmill-gateway    Read          topic           job.requested.ingest-service.job-requested.dlt
threadmill-gateway    Read          topic           job.requested.embed-worker.job-requested.dlt
threadmill-gateway    Read          topic           job.requested.scheduler-service.job-requested.dlt
threadmill-gateway    Read          topic           message.upserted.embed-worker.message-upserted.dlt
threadmill-gateway    Read          topic           conversation.hinted.ingest-service.conversation-hinted.dlt
threadmill-ingest     Read,Write    topic           job.requested
threadmill-ingest     Read          topic           conversation.hinted
threadmill-ingest     Write         topic           message.upserted
threadmill-ingest     Write         topic           job.finished
threadmill-ingest     Describe      topic           scheduler.tick
threadmill-ingest     Write         topic           job.requested.ingest-service.job-requested.dlt
threadmill-ingest     Write         topic           conversation.hinted.ingest-service.conversation-hinted.dlt
threadmill-ingest     Read          prefixed-group  ingest-service.
threadmill-embed      Read,Write    topic           job.requested
threadmill-embed      Read          topic           message.upserted
threadmill-embed      Write         topic           job.finished
threadmill-embed      Describe      topic           scheduler.tick
threadmill-embed      Describe      topic           conversation.hinted
threadmill-embed      Write         topic           job.requested.embed-worker.job-requested.dlt
threadmill-embed      Write         topic           message.upserted.embed-worker.message-upserted.dlt
threadmill-embed      Read          prefixed-group  embed-worker.
threadmill-scheduler  Read,Write    topic           scheduler.tick
threadmill-scheduler  Read,Write    topic           job.requested
threadmill-scheduler  Write         topic           job.finished
threadmill-scheduler  Describe      topic           message.upserted
threadmill-scheduler  Describe      topic           conversation.hinted
threadmill-scheduler  Write         topic           scheduler.tick.scheduler-service.tick.dlt
threadmill-scheduler  Write         topic           job.requested.scheduler-service.job-requested.dlt
threadmill-scheduler  Describe      topic           job.requested.ingest-service.job-requested.dlt
threadmill-scheduler  Describe      topic           job.requested.embed-worker.job-requested.dlt
threadmill-scheduler  Describe      topic           message.upserted.embed-worker.message-upserted.dlt
threadmill-scheduler  Describe      topic           conversation.hinted.ingest-service.conversation-hinted.dlt
threadmill-scheduler  Read          prefixed-group  scheduler-service.
threadmill-scheduler  Describe      prefixed-group  ingest-service.
threadmill-scheduler  Describe      prefixed-group  embed-worker.
RIGHTS
}

run() {
  if [ -n "${DRY_RUN:-}" ]; then
    echo "$@"
  else
    "$@"
  fi
}

bin=${KAFKA_BIN:-/opt/kafka/bin}
servers=${SERVERS:?set SERVERS to the brokers, host:port}
admin=${ADMIN:?set ADMIN to a file with the properties of an administrator\'s login}

rights | while read -r user operations kind name; do
  case $kind in topic) echo "$name" ;; esac
done | sort -u | while read -r topic; do
  set -- --create --if-not-exists --topic "$topic" --partitions "${PARTITIONS:-12}"
  # Dead letters are kept for 30 days.
  case $topic in *.dlt) set -- "$@" --config retention.ms=2592000000 ;; esac
  run "$bin/kafka-topics.sh" --bootstrap-server "$servers" --command-config "$admin" "$@" </dev/null
done

rights | while read -r user operations kind name; do
  set -- --bootstrap-server "$servers" --command-config "$admin" --add --allow-principal "User:$user"
  for operation in $(echo "$operations" | tr , ' '); do
    set -- "$@" --operation "$operation"
  done
  case $kind in
    topic) set -- "$@" --topic "$name" ;;
    group) set -- "$@" --group "$name" ;;
    prefixed-group) set -- "$@" --resource-pattern-type prefixed --group "$name" ;;
  esac
  run "$bin/kafka-acls.sh" "$@" </dev/null
done
