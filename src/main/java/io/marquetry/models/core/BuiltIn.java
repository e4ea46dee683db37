package io.marquetry.models.core;

import io.marquetry.bus.ModelsMessage.Outcome;
import io.marquetry.bus.ModelsMessage.Score;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The built-in models of all sites, as of one position of the log; immutable.
 *
 * @param learned events they were learned from
 * @param shed dealings with items that found no room
 */
public record BuiltIn(long position, long learned, long shed, Map<String, ItemModel> sites) {
  /** Where a profile has the items its visitor looked at lately, latest first. */
  public static final String LOOKED_AT = "attributes.recentlyViewed";

  static final int MAX_RECENT = 20;

  /** Nothing was learned yet. */
  public static final BuiltIn NOTHING = new BuiltIn(0, 0, 0, Map.of());

  public BuiltIn {
    sites = Map.copyOf(sites);
  }

  @Nullable ItemModel site(String site) {
    return sites.get(site);
  }

  /** Scores for one visitor. */
  public ModelAnswer score(ModelDefinition definition, Score score) {
    var model = sites.get(definition.site());
    if (model == null) {
      return new ModelAnswer(Outcome.EMPTY, "", List.of());
    }
    var recent = Items.ids(score.features().get(LOOKED_AT), MAX_RECENT);
    var items = model.recommend(recent, score.candidates(), Math.max(1, score.k()));
    return new ModelAnswer(items.isEmpty() ? Outcome.EMPTY : Outcome.OK, model.version(), items);
  }

  /** What people may see of it. */
  public Map<String, Object> view() {
    var view = new LinkedHashMap<String, Object>();
    view.put("version", Long.toString(position));
    view.put("events", learned);
    view.put("shed", shed);
    var each = new LinkedHashMap<String, Object>();
    sites.forEach(
        (site, model) ->
            each.put(site, Map.of("items", model.items(), "visitors", model.people())));
    view.put("sites", each);
    return view;
  }
}
