package dev.threadmill.e2e;

import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of the house, over the classes of all modules. */
class ArchitectureTest {
  private static final Path ROOT = Path.of(System.getProperty("threadmill.root"));
  private static final List<String> MODULES =
      List.of(
          "core",
          "ingest-service",
          "embed-worker",
          "scheduler-service",
          "api-gateway",
          "local-stack");
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .importPaths(
              MODULES.stream()
                  .map(module -> ROOT.resolve(module).resolve("target/classes"))
                  .toList());

  private static final Set<String> SQL =
      Set.of("java.sql.Connection", "java.sql.Statement", "java.sql.PreparedStatement");

  private static final DescribedPredicate<JavaClass> RUN_SQL =
      DescribedPredicate.describe(
          "run SQL",
          type ->
              type.getDirectDependenciesFromSelf().stream()
                  .map(dependency -> dependency.getTargetClass().getName())
                  .anyMatch(
                      name ->
                          SQL.contains(name)
                              || (name.startsWith("org.springframework.jdbc.core.")
                                  && !name.endsWith("RowMapper"))));

  @Test
  void the_classes_of_every_module_are_looked_at() {
    for (String part : List.of("core", "ingest", "embed", "scheduler", "gateway", "localstack")) {
      assertThat(CLASSES.stream().map(JavaClass::getPackageName))
          .anyMatch(name -> name.startsWith("dev.threadmill." + part));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ingest", "embed", "scheduler", "gateway"})
  void a_service_depends_on_core_and_on_no_other_service(String service) {
    String[] others =
        Stream.of("ingest", "embed", "scheduler", "gateway", "localstack")
            .filter(other -> !other.equals(service))
            .map(other -> "dev.threadmill." + other + "..")
            .toArray(String[]::new);

    noClasses()
        .that()
        .resideInAPackage("dev.threadmill." + service + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(others)
        .check(CLASSES);
  }

  @Test
  void core_and_the_local_stack_depend_on_no_service() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.threadmill.core..", "dev.threadmill.localstack..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.threadmill.ingest..",
            "dev.threadmill.embed..",
            "dev.threadmill.scheduler..",
            "dev.threadmill.gateway..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage("dev.threadmill.localstack..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.threadmill.core..")
        .check(CLASSES);
  }

  @Test
  void packages_have_no_cycles() {
    slices().matching("dev.threadmill.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void nothing_outside_the_embedding_package_sees_an_sdk_type() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.threadmill.core.embedding")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.openai..", "dev.langchain4j..", "ai.djl..", "ai.onnxruntime..")
        .check(CLASSES);
  }

  @Test
  void no_table_class_knows_kafka_and_no_listener_knows_sql() {
    noClasses()
        .that(are(RUN_SQL))
        .and()
        .resideInAnyPackage(
            "dev.threadmill.ingest..",
            "dev.threadmill.embed..",
            "dev.threadmill.scheduler..",
            "dev.threadmill.gateway..",
            "dev.threadmill.core..")
        .and()
        .haveSimpleNameNotEndingWith("Configuration")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.kafka..", "org.springframework.kafka..", "dev.threadmill.core.kafka..")
        .check(CLASSES);
    noClasses()
        .that()
        .haveSimpleNameEndingWith("Listener")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.springframework.jdbc..", "java.sql..")
        .check(CLASSES);
  }

  @Test
  void sql_is_run_by_repositories_alone() {
    classes()
        .that(are(RUN_SQL))
        .and()
        .resideOutsideOfPackage("dev.threadmill.localstack..")
        .and()
        .areTopLevelClasses()
        .and()
        // These hand it on; the wait at start asks for a connection and no more.
        .haveSimpleNameNotEndingWith("Configuration")
        .and()
        .doNotHaveSimpleName("DatabaseWait")
        .and()
        // A value that writes itself into a statement runs none.
        .areNotAssignableTo("org.springframework.jdbc.core.SqlTypeValue")
        .should()
        .beAnnotatedWith("org.springframework.stereotype.Repository")
        .check(CLASSES);
  }

  @Test
  void events_are_sent_by_one_class() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.threadmill..")
        .and()
        .resideOutsideOfPackages("dev.threadmill.core.kafka", "dev.threadmill.localstack..")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("org.springframework.kafka.core.KafkaTemplate")
        .check(CLASSES);
  }

  @Test
  void there_is_no_field_injection_and_no_state_that_all_share() {
    noFields()
        .should()
        .beAnnotatedWith("org.springframework.beans.factory.annotation.Autowired")
        .check(CLASSES);
    noFields().that().areStatic().should().notBeFinal().check(CLASSES);
  }

  @Test
  void no_package_is_a_drawer_for_leftovers() {
    noClasses()
        .should()
        .resideInAnyPackage(
            "..util..", "..utils..", "..common..", "..impl..", "..dto..", "..helper..")
        .check(CLASSES);
  }
}
