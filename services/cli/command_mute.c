/* duban mute, duban override: what a person decides against the machine, with a name, a reason and an end. */
#include <string.h>

#include "common/base/cleanup.h"
#include "common/domain/alert.h"
#include "common/report/words.h"
#include "services/cli/decide.h"
#include "common/desk/naming.h"

/* --- mute --- */

static const char silence_rules[] = "missing offline rejected";

/* A rule by its name or its word; NULL = all. */
static enum error_code read_rule(const struct cli *cli, const char **rule, struct error *err) {
    const char *text = args_value(cli->args, "rule", NULL);
    CLEAN(buffer_finish) struct buffer all = {0};
    *rule = NULL;
    if (!text) return ERROR_OK;
    for (unsigned i = 0; i < ALERT_RULES; i++) {
        enum alert_rule one = (enum alert_rule)i;
        if (strcmp(text, alert_rule_name(one)) == 0 || strcmp(text, alert_rule_word(one)) == 0)
            *rule = alert_rule_name(one);
        buffer_printf(&all, " %s(%s)", alert_rule_name(one), alert_rule_word(one));
    }
    return *rule ? ERROR_OK : error_set(err, ERROR_USAGE, "--rule %s: one of%s", text, buffer_text(&all));
}

static enum error_code read_end(struct cli *cli, struct day *until, struct error *err) {
    const char *text = args_value(cli->args, "until", NULL);
    *until = DAY_NONE;
    if (!text)
        return error_set(err, ERROR_USAGE,
                         "a mute must have an end: --until DAY, or --until resolved (then its end is "
                         "reported)");
    if (strcmp(text, "resolved") == 0) return ERROR_OK;
    return decide_day_to_come(cli, "until", true, until, err);
}

/* A stream's subject: its area, or, of a department, the stream by itself. */
static enum error_code mute_stream(const struct view *view, const char *name, struct decision_event *mute,
                                   struct error *err) {
    const struct stream *stream = streams_find(&view->streams, slice_of(name));
    if (!stream) return error_set(err, ERROR_NOT_FOUND, "there is no stream %s any more", name);
    mute->area = stream->area_count == 1 ? stream->areas[0] : NULL;
    mute->note = stream->name;
    return ERROR_OK;
}

/* Streams of an area: one is enough, or there is nothing of it that could be silent. */
static enum error_code mute_area(const struct view *view, const char *text, struct decision_event *mute,
                                 struct error *err) {
    bool several = false;
    size_t area = plan_area_named(view->plan, slice_of(text), view->moment.as_of, &several);
    const struct stream *stream = streams_find(&view->streams, slice_of(text));
    if (area == NO_INDEX && stream) return mute_stream(view, text, mute, err);
    if (area == NO_INDEX)
        return error_set(
            err, ERROR_USAGE,
            "“%s” is %s: give NUMBER/ITEM of a message, TARGET AREA, or an AREA or stream whose silence is meant", text,
            several ? "more than one area" : "no area of the plan");
    if (mute->more.mute.rule.ptr && !strstr(silence_rules, mute->more.mute.rule.ptr))
        return error_set(err, ERROR_USAGE, "of an AREA only its silence and refusals are muted: --rule %s",
                         silence_rules);
    mute->area = view->plan->areas[area].code;
    return ERROR_OK;
}

static enum error_code mute_named(struct pg *pg, const struct cli *cli, const struct view *view,
                                  struct decision_event *mute, struct buffer *name, struct error *err) {
    CLEAN(naming_finish) struct naming naming = {0};
    enum error_code code = naming_read(pg, view, cli->args->positionals, cli->args->positional_count, &naming, err);
    if (code) return code;
    const struct named *named = &naming.items[0];
    if (naming.count > 1)
        return error_set(err, ERROR_USAGE, "%s has several items: say which one is muted, %s",
                         cli->args->positionals[0], named->number);
    named_words(view, named, name);
    enum alert_rule rule;
    if (named->said && !mute->more.mute.rule.ptr && alert_rule_find(slice_of(named->said->rule), &rule))
        mute->more.mute.rule = slice_of(alert_rule_name(rule));
    if (named->cell == NO_INDEX) return mute_stream(view, named->said->stream, mute, err);
    mute->target = view_target(view, named->cell)->code;
    mute->area = view_area(view, named->cell)->code;
    return ERROR_OK;
}

static void tell_mute(struct cli *cli, const struct decision_event *mute, const char *name) {
    char until[DAY_TEXT_MAX];
    enum alert_rule rule;
    const char *word = mute->more.mute.rule.ptr && alert_rule_find(mute->more.mute.rule, &rule)
                           ? alert_rule_word(rule)
                           : say(cli, "everything");
    day_print(mute->more.mute.until, until);
    if (*until)
        buffer_printf(&cli->out, say(cli, "%s: %s is not said until %s is over; it stays listed and the light stays\n"),
                      name, word, until);
    else
        buffer_printf(&cli->out,
                      say(cli, "%s: %s is not said until it is resolved, and that will be reported; it stays listed "
                               "and the light stays\n"),
                      name, word);
    decide_tell(cli, mute);
}

enum error_code command_mute(struct cli *cli, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(view_finish) struct view view = {0};
    CLEAN(buffer_finish) struct buffer name = {0};
    struct decision_event mute = {.kind = EVENT_MUTE, .as_of = DAY_NONE};
    const char *rule = NULL;
    enum error_code code = read_rule(cli, &rule, err);
    if (!code) code = read_end(cli, &mute.more.mute.until, err);
    if (!code) code = decide_text(cli, "reason", "why nobody should hear of it", &mute.reason, err);
    if (!code) code = decide_open(cli, &pg, &view, err);
    if (code) return code;
    mute.more.mute.rule = slice_of(rule);
    if (cli->args->positional_count == 1 && !naming_is_number(cli->args->positionals[0])) {
        code = mute_area(&view, cli->args->positionals[0], &mute, err);
        buffer_add_text(&name, cli->args->positionals[0]);
    } else {
        code = mute_named(pg, cli, &view, &mute, &name, err);
    }
    if (!code) code = decide(cli, &mute, err);
    if (!code) tell_mute(cli, &mute, buffer_text(&name));
    return code;
}

/* --- override --- */

static enum error_code read_light(const struct cli *cli, enum light *light, struct error *err) {
    const char *text = args_value(cli->args, "light", "");
    for (unsigned i = LIGHT_GREY; i <= LIGHT_RED; i++)
        if (strcmp(text, light_word((enum light)i)) == 0 || strcmp(text, light_name((enum light)i)) == 0) {
            *light = (enum light)i;
            return ERROR_OK;
        }
    return error_set(err, ERROR_USAGE, "--light %s: grey green blue yellow or red", text);
}

enum error_code command_override(struct cli *cli, struct error *err) {
    CLEAN(pg_close) struct pg *pg = NULL;
    CLEAN(view_finish) struct view view = {0};
    CLEAN(buffer_finish) struct buffer name = {0};
    struct decision_event override = {.kind = EVENT_OVERRIDE, .as_of = DAY_NONE};
    enum light light = LIGHT_NONE;
    char until[DAY_TEXT_MAX];
    size_t cell = NO_INDEX;
    enum error_code code = read_light(cli, &light, err);
    if (!code) code = decide_day_to_come(cli, "until", true, &override.more.override.until, err);
    if (!code) code = decide_text(cli, "reason", "it stands beside the light", &override.reason, err);
    if (!code) code = decide_open(cli, &pg, &view, err);
    if (!code)
        code =
            view_find(view.plan, cli->args->positionals[0], cli->args->positionals[1], view.moment.as_of, &cell, err);
    if (code) return code;
    if (view.cells[cell].state == STATE_NO_TASK || view.cells[cell].state == STATE_WORDS)
        return error_set(err, ERROR_USAGE, "%s %s has no light", view_target(&view, cell)->code,
                         view_area(&view, cell)->name);
    override.target = view_target(&view, cell)->code;
    override.area = view_area(&view, cell)->code;
    override.more.override.light = slice_of(light_word(light));
    if ((code = decide(cli, &override, err))) return code;
    cell_name_words(&view, cell, &name);
    day_print(override.more.override.until, until);
    buffer_printf(&cli->out,
                  say(cli, "%s: shown as %s until %s, the computed light beside it; alerts go by what is computed\n"),
                  buffer_text(&name), light_word(light), until);
    decide_tell(cli, &override);
    return ERROR_OK;
}
