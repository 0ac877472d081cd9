# What people do with a checkout. The work is done by Maven and by the local stack's own program; see "make help".

MAVEN = sh .mvn/maven.sh
STACK = exec "$$(sh .mvn/find-jdk.sh)/bin/java" -Xmx96m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \
	-Dthreadmill.root="$(CURDIR)" -cp "local-stack/target/classes:local-stack/target/lib/*" \
	dev.threadmill.localstack.LocalStack

.PHONY: help up down status logs clean build jars quick test browser chaos bench format contract

help:
	@echo 'Threadmill'
	@echo
	@echo '  make up       build if needed, start the whole stack, sync, embed, search; Ctrl-C stops it'
	@echo '                DETACH=1         come back when it is up, and leave it running'
	@echo '                EMBED_WORKERS=3  so many embed workers'
	@echo '  make down     stop it; its data stay'
	@echo '  make status   its processes and their memory'
	@echo '  make logs     follow the logs (.local/logs)'
	@echo '  make clean    stop it, delete its data and everything built'
	@echo
	@echo '  make build    build the jars'
	@echo '  make quick    unit tests, without servers'
	@echo '  make test     what checks the project, on real servers; all but these two:'
	@echo '  make browser  click through the dashboard in a real browser; screenshots in e2e-tests/target/screenshots'
	@echo '  make chaos    kill, freeze and restart everything at random for a while, then look whether all is right; then stop services'
	@echo '                in good order, and restore a backup'
	@echo '                SECONDS=300  so long, 360 at the most;  SEED=4711  the story of that seed again;'
	@echo '                SEED=1,2,3   one story after the other, so long together;  SHORT=yes  a few seconds of each alone'
	@echo '  make bench    measure, beside what people would use instead; ONLY=sync,embedding for some of it'
	@echo '  make format   format the sources'
	@echo '  make contract write docs/openapi.json anew from the code; BREAKING=yes also where that breaks callers'
	@echo
	@echo 'Variables of make up, on the command line or in the environment:'
	@echo '  CHATWOOT_BASE_URL, CHATWOOT_API_TOKEN, CHATWOOT_ACCOUNT_ID   your account instead of the simulator'
	@echo '  OPENAI_API_KEY, OPENAI_BASE_URL   embed with OpenAI, or a compatible service, instead of the local model'
	@echo '  GATEWAY_PORT (8080), GATEWAY_MANAGEMENT_PORT (8090), INGEST_PORT (8081), EMBED_WORKER_PORT (8082),'
	@echo '  SCHEDULER_PORT (8083), POSTGRES_PORT (15432), KAFKA_PORT (19092), SIMULATOR_PORT (13000)'
	@echo '  POSTGRES_BIN   folder of the programs of a PostgreSQL with pgvector, instead of looking for one'

jars:
	@sh .mvn/jars.sh

build: jars

up: jars
	@$(STACK) up

down:
	@if [ -d local-stack/target/classes ]; then $(STACK) down; else echo 'nothing is running'; fi

status:
	@if [ -d local-stack/target/classes ]; then $(STACK) status; else echo 'not built yet; start with: make up'; exit 1; fi

logs:
	@tail -n 20 -F .local/logs/*.log

clean:
	@if [ -d local-stack/target/classes ]; then $(STACK) clean; else rm -rf .local; fi
	@rm -rf target */target
	@echo 'deleted what was built'

quick:
	@$(MAVEN) -B -ntp test

# Three modules at a time: much of a test is waiting.
test:
	@sh .mvn/find-promtool.sh
	@$(MAVEN) -B -ntp -T 3 -Pbench verify

# By itself, for make test would take longer than twenty minutes with it.
browser: jars
	@$(MAVEN) -B -ntp -q -pl e2e-tests -am verify -Dit.test=DashboardBrowserIT -Dtest=None -Dsurefire.failIfNoSpecifiedTests=false \
		-Dfailsafe.failIfNoSpecifiedTests=false -Dspotless.check.skip -Dthreadmill.browser.required=true

# Fifteen minutes at the most, with the start before and the settling after: who is not through by then is ended and has failed.
# The jars are built before. Not a part of make test, whose twenty minutes it would pass.
SECONDS = $(if $(filter 1,$(STORIES)),300,180)
comma = ,
STORIES = $(words $(or $(subst $(comma), ,$(SEED)),1))
chaos: jars
	@[ "$(SECONDS)" -le 360 ] || { echo 'SECONDS is 360 at the most'; exit 1; }
	@$(MAVEN) -B -ntp -q -pl e2e-tests -am verify -Dit.test=$(if $(SHORT),ChaosIT,FaultsIT) -Dtest=None -Dsurefire.failIfNoSpecifiedTests=false \
		-Dfailsafe.failIfNoSpecifiedTests=false -Dspotless.check.skip -Dfailsafe.timeout=900 \
		-Dthreadmill.chaos.seconds=$$(($(SECONDS) / $(STORIES))) $(if $(SEED),-Dthreadmill.chaos.seed=$(SEED))

bench: jars
	@$(MAVEN) -B -ntp -q -Pbench -Dmaven.test.skip=true -Dspotless.check.skip package -pl bench -am
	@exec "$$(sh .mvn/find-jdk.sh)/bin/java" -Xmx2g --enable-native-access=ALL-UNNAMED \
		-Dthreadmill.root="$(CURDIR)" -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
		-cp "bench/target/classes:bench/target/lib/*" dev.threadmill.bench.Bench "$(ONLY)"

format:
	@$(MAVEN) -B -q -Pbench spotless:apply

contract:
	@$(MAVEN) -B -ntp -q -pl api-gateway -am verify -Dit.test=ContractIT -Dtest=None -Dsurefire.failIfNoSpecifiedTests=false \
		-Dfailsafe.failIfNoSpecifiedTests=false -Dspotless.check.skip -Dthreadmill.contract=write$(if $(BREAKING),-breaking)
