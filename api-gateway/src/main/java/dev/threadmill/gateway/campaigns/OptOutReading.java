package dev.threadmill.gateway.campaigns;

import dev.threadmill.gateway.campaigns.OptOutRows.OptOutView;
import dev.threadmill.gateway.page.Cursor;
import dev.threadmill.gateway.page.Page;
import dev.threadmill.gateway.page.Parameters;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** Who is left alone. */
@Service
public class OptOutReading {
  private final OptOutRows rows;

  OptOutReading(OptOutRows rows) {
    this.rows = rows;
  }

  /** The newest first, in pages. */
  public Page<OptOutView> list(UUID project, @Nullable String cursor, @Nullable Integer limit) {
    int most = Parameters.limit(limit);
    var after = Cursor.read(cursor, keys -> new OptOutRows.Place(Cursor.time(keys[0]), keys[1]));
    return Page.of(
        rows.list(project, after, most),
        most,
        last -> Cursor.of(last.createdAt(), last.contactGlobalId()));
  }
}
