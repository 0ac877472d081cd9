package dev.threadmill.gateway.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.settings.Settings;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.mock.env.MockEnvironment;

class SearchPlacesTest {
  private static final UUID PROJECT = UUID.randomUUID();

  @Test
  void a_search_gets_another_place_while_there_is_one_and_gives_it_back() {
    SearchPlaces places = ofConnections(10);

    for (int search = 0; search < 3; search++) {
      Optional<CompletableFuture<String>> half =
          places.within(PROJECT, () -> places.beside(() -> "read"));
      assertThat(half.orElseThrow().join()).isEqualTo("read");
    }
  }

  @Test
  void a_search_that_would_leave_too_few_places_for_others_reads_alone() {
    SearchPlaces places = ofConnections(10);
    UUID other = UUID.randomUUID();

    // Two of five are left for others.
    Optional<CompletableFuture<String>> half =
        places.within(
            PROJECT,
            () ->
                places.within(
                    PROJECT, () -> places.within(other, () -> places.beside(() -> "read"))));

    assertThat(half).isEmpty();
  }

  @Test
  void a_half_that_fails_gives_its_place_back() {
    SearchPlaces places = ofConnections(10);

    for (int search = 0; search < 3; search++) {
      CompletableFuture<Object> half =
          places
              .within(
                  PROJECT,
                  () ->
                      places.beside(
                          () -> {
                            throw new TooSlowException(null);
                          }))
              .orElseThrow();
      assertThat(half).failsWithin(Duration.ofSeconds(10));
    }
  }

  private static SearchPlaces ofConnections(int count) {
    return new SearchPlaces(
        new Settings(
            new MockEnvironment().withProperty("DATABASE_POOL_SIZE", Integer.toString(count))));
  }
}
