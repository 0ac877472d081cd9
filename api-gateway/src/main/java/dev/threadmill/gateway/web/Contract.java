package dev.threadmill.gateway.web;

import dev.threadmill.gateway.page.Parameters;
import dev.threadmill.gateway.problem.ProblemCode;
import dev.threadmill.gateway.runs.Waiting;
import dev.threadmill.gateway.security.CallerProjectResolver;
import io.swagger.v3.core.jackson.ModelResolver;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem.HttpMethod;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.media.UUIDSchema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.servers.Server;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springdoc.core.providers.ObjectMapperProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * What the OpenAPI document says of all calls alike; the rest is read from the controllers.
 * docs/openapi.json is the document as it was agreed on.
 */
@Configuration(proxyBeanMethods = false)
class Contract {
  private static final String PROBLEM = "Problem";
  private static final String PROJECT_HEADER = "ProjectHeader";
  private static final String PROJECT_PARAMETER = "ProjectParameter";
  private static final String IDEMPOTENCY_KEY = "IdempotencyKey";

  /** springdoc reads classes with a mapper of its own, which does not know our naming. */
  @Bean
  ModelResolver types(ObjectMapperProvider mappers) {
    return new ContractTypes(mappers.jsonMapper());
  }

  @Bean
  OpenAPI openApi() {
    return new OpenAPI()
        .info(
            new Info()
                .title("Threadmill")
                .version("1")
                .description(
                    "A searchable memory of the conversations in Chatwoot. All paths are the same under /v1. Tokens "
                        + "without a project of their own name one in the header X-Project-Id. Errors are problem "
                        + "documents with a stable code."))
        // Where the document was fetched from, and not the address this process happens to have.
        .addServersItem(new Server().url("/"))
        .addSecurityItem(new SecurityRequirement().addList("token"))
        .components(
            new Components()
                .addSecuritySchemes(
                    "token", new SecurityScheme().type(SecurityScheme.Type.HTTP).scheme("bearer"))
                .addParameters(PROJECT_HEADER, project("header", CallerProjectResolver.HEADER))
                .addParameters(PROJECT_PARAMETER, project("query", CallerProjectResolver.PARAMETER))
                .addParameters(IDEMPOTENCY_KEY, idempotencyKey()));
  }

  private static Schema<?> problem() {
    var code =
        new StringSchema()
            .description("Stable; programs decide by it. There may be more of them in time.");
    // No enum: a client must not break when there is a new one.
    code.addExtension(
        "x-extensible-enum",
        Arrays.stream(ProblemCode.values()).map(ProblemCode::wireName).toList());
    return new ObjectSchema()
        .description("A problem document (RFC 9457).")
        .addProperty("type", new StringSchema())
        .addProperty("title", new StringSchema())
        .addProperty("status", new IntegerSchema())
        .addProperty("detail", new StringSchema().description("What is wrong and what to do."))
        .addProperty("code", code)
        .addProperty(
            "request_id",
            new StringSchema()
                .description("As in the header X-Request-Id and in the gateway's log."))
        .required(List.of("type", "title", "status", "detail", "code", "request_id"));
  }

  private static Parameter project(String in, String name) {
    return new Parameter()
        .in(in)
        .name(name)
        .required(false)
        .schema(new UUIDSchema())
        .description(
            "The project that the call is about. Needed where the token speaks for all projects; one that the token "
                + "does not speak for is a 404.");
  }

  private static Parameter idempotencyKey() {
    return new Parameter()
        .in("header")
        .name("Idempotency-Key")
        .required(false)
        .schema(new StringSchema().minLength(1).maxLength(128))
        .description(
            "What a call with this key created is created once: sent again within a day, it is answered alike.");
  }

  /**
   * Any call may be wrong, and may come at a bad moment; any call with a token may name a project.
   */
  @Bean
  OpenApiCustomizer everyCall() {
    return contract -> {
      // Not before: what no controller refers to is left out.
      contract.getComponents().addSchemas(PROBLEM, problem());
      contract.getPaths().values().stream()
          .flatMap(path -> path.readOperationsMap().entrySet().stream())
          .forEach(call -> complete(call.getKey(), call.getValue()));
    };
  }

  private static void complete(HttpMethod method, Operation call) {
    if (call.getParameters() != null) {
      call.getParameters().forEach(Contract::bound);
    }
    call.getResponses()
        .addApiResponse(
            "503",
            refusal(
                "Send it again. The code says why: with `conflict`, when somebody else changed the same rows at that moment, "
                    + "nothing was done. With `database_unavailable`, while the database does not answer, the call may or "
                    + "may not have been done; a POST is done once where it comes again with the same Idempotency-Key."));
    call.getResponses().addApiResponse("default", refusal("Refused; the code says why."));
    boolean needsToken = call.getSecurity() == null || !call.getSecurity().isEmpty();
    if (needsToken) {
      refer(call, PROJECT_HEADER, CallerProjectResolver.HEADER);
      refer(call, PROJECT_PARAMETER, CallerProjectResolver.PARAMETER);
      if (method == HttpMethod.POST) {
        refer(call, IDEMPOTENCY_KEY, "Idempotency-Key");
      }
    }
  }

  /** A parameter of these names means the same in all calls. */
  private static void bound(Parameter parameter) {
    Schema<?> schema = parameter.getSchema();
    if (schema == null) {
      return;
    }
    // It may be left out, but there is no way to send null in an address.
    schema.setNullable(null);
    switch (parameter.getName()) {
      case "limit" -> schema.minimum(BigDecimal.ONE).maximum(BigDecimal.valueOf(Parameters.MOST));
      case "wait" ->
          schema.minimum(BigDecimal.ZERO).maximum(BigDecimal.valueOf(Waiting.MAX_SECONDS));
      default -> {}
    }
  }

  private static void refer(Operation call, String component, String name) {
    boolean has =
        call.getParameters() != null
            && call.getParameters().stream().anyMatch(one -> name.equals(one.getName()));
    if (!has) {
      call.addParametersItem(new Parameter().$ref("#/components/parameters/" + component));
    }
  }

  private static ApiResponse refusal(String description) {
    return new ApiResponse()
        .description(description)
        .content(
            new Content()
                .addMediaType(
                    org.springframework.http.MediaType.APPLICATION_PROBLEM_JSON_VALUE,
                    new MediaType()
                        .schema(new Schema<>().$ref("#/components/schemas/" + PROBLEM))));
  }
}
