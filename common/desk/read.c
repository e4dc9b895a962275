#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"
#include "common/desk/desk_parts.h"
#include "common/domain/alert.h"
#include "common/report/words.h"

enum { FREEZE_NAME_BYTES = 120 };

/* --- days and texts; option: as `duban` calls it, field: as a request does --- */

static enum error_code read_day(struct desk_case *one, const char *option, const char *field, const char *text,
                                bool wanted, struct day *out, struct error *err) {
    *out = DAY_NONE;
    desk_wrong(one, field);
    if (!text && wanted) return error_set(err, ERROR_USAGE, "--%s DAY is needed (2021-12-31)", option);
    if (text && !day_parse(text, strlen(text), out))
        return error_set(err, ERROR_USAGE, "--%s %s: give a day that exists, as 2021-12-31", option, text);
    desk_wrong(one, NULL);
    return ERROR_OK;
}

static enum error_code read_day_to_come(struct desk_case *one, const char *option, const char *field, const char *text,
                                        bool wanted, struct day *out, struct error *err) {
    char today[DAY_TEXT_MAX];
    enum error_code code = read_day(one, option, field, text, wanted, out, err);
    if (code || !day_is(*out) || out->n >= instant_day(one->request->now).n) return code;
    day_print(instant_day(one->request->now), today);
    desk_wrong(one, field);
    return error_set(err, ERROR_USAGE, "--%s %s is over: today is %s, give it or a later day", option, text, today);
}

static enum error_code want(struct desk_case *one, const char *option, const char *field, const char *text,
                            const char *why, struct error *err) {
    if (text && *text) return ERROR_OK;
    desk_wrong(one, field);
    return error_set(err, ERROR_USAGE, "--%s is needed: %s", option, why);
}

static enum error_code want_document(struct desk_case *one, const char *why, struct error *err) {
    return want(one, "doc", "document", one->request->document, why, err);
}

static enum error_code want_reason(struct desk_case *one, const char *why, struct error *err) {
    return want(one, "reason", "reason", one->request->reason, why, err);
}

/* --- of each verb --- */

enum error_code read_confirm(struct desk_case *one, struct error *err) {
    return read_day(one, "as-of", "as_of", one->request->as_of, false, &one->as_of, err);
}

enum error_code read_promise(struct desk_case *one, struct error *err) {
    const struct desk_request *request = one->request;
    const char *reason = request->reason, *text = request->text;
    enum error_code code = want(one, "who", "who", request->who, "the name of the person who answers", err);
    if (!code) code = read_day_to_come(one, "by-date", "by_day", request->by_day, false, &one->by_day, err);
    if (code) return code;
    if (reason && !(one->reason_token = reply_reason_token(slice_of(reason)))) {
        desk_wrong(one, "reason");
        return error_set(err, ERROR_USAGE, "--reason %s is not in the list: %s", reason, reply_reasons_all());
    }
    if (day_is(one->by_day) || one->reason_token || (text && *text)) return ERROR_OK;
    desk_wrong(one, "by_day");
    return error_set(err, ERROR_USAGE,
                     "an answer says something: --by-date DAY (until when it will be done), --reason CODE or --text "
                     "TEXT");
}

enum error_code read_extension_ask(struct desk_case *one, struct error *err) {
    enum error_code code = read_day(one, "due", "due", one->request->due, true, &one->due, err);
    return code ? code : want_reason(one, "why it cannot be done in time", err);
}

enum error_code read_extension_grant(struct desk_case *one, struct error *err) {
    enum error_code code = read_day(one, "due", "due", one->request->due, true, &one->due, err);
    return code ? code : want_document(one, "the number of the document that grants it", err);
}

enum error_code read_refusal(struct desk_case *one, struct error *err) {
    return want_reason(one, "the county will be told why", err);
}

enum error_code read_claim(struct desk_case *one, struct error *err) {
    return want_document(one, "the number of the county's report that says it is done", err);
}

enum error_code read_verify(struct desk_case *one, struct error *err) {
    return want_document(one, "the number of the document that closes it", err);
}

enum error_code read_issue(struct desk_case *one, struct error *err) {
    const char *level = one->request->level ? one->request->level : "";
    if (!draft_level_parse(level, &one->level)) {
        desk_wrong(one, "level");
        return error_set(err, ERROR_USAGE, "--level %s: yellow_card, red_card or circular", level);
    }
    return one->request->draft ? ERROR_OK : want_document(one, "the number of the document that is issued", err);
}

/* A rule by its name or its word; NULL = all. */
static enum error_code read_rule(struct desk_case *one, struct error *err) {
    const char *text = one->request->rule;
    CLEAN(buffer_finish) struct buffer all = {0};
    if (!text) return ERROR_OK;
    for (unsigned i = 0; i < ALERT_RULES; i++) {
        enum alert_rule rule = (enum alert_rule)i;
        if (strcmp(text, alert_rule_name(rule)) == 0 || strcmp(text, alert_rule_word(rule)) == 0)
            one->rule = alert_rule_name(rule);
        buffer_printf(&all, " %s(%s)", alert_rule_name(rule), alert_rule_word(rule));
    }
    if (one->rule) return ERROR_OK;
    desk_wrong(one, "rule");
    return error_set(err, ERROR_USAGE, "--rule %s: one of%s", text, buffer_text(&all));
}

enum error_code read_mute(struct desk_case *one, struct error *err) {
    const char *until = one->request->until;
    enum error_code code = read_rule(one, err);
    if (code) return code;
    if (!until) {
        desk_wrong(one, "until");
        return error_set(err, ERROR_USAGE,
                         "a mute must have an end: --until DAY, or --until resolved (then its end is reported)");
    }
    if (strcmp(until, "resolved") != 0) code = read_day_to_come(one, "until", "until", until, true, &one->until, err);
    return code ? code : want_reason(one, "why nobody should hear of it", err);
}

static enum error_code read_light(struct desk_case *one, struct error *err) {
    const char *text = one->request->light ? one->request->light : "";
    for (unsigned i = LIGHT_GREY; i <= LIGHT_RED; i++)
        if (strcmp(text, light_word((enum light)i)) == 0 || strcmp(text, light_name((enum light)i)) == 0) {
            one->light = (enum light)i;
            return ERROR_OK;
        }
    desk_wrong(one, "light");
    return error_set(err, ERROR_USAGE, "--light %s: grey green blue yellow or red", text);
}

enum error_code read_override(struct desk_case *one, struct error *err) {
    enum error_code code = read_light(one, err);
    if (!code) code = read_day_to_come(one, "until", "until", one->request->until, true, &one->until, err);
    return code ? code : want_reason(one, "it stands beside the light", err);
}

enum error_code read_reverse(struct desk_case *one, struct error *err) {
    return want_reason(one, "why it is taken back", err);
}

/* --- freeze --- */

enum error_code freeze_check(const char *name, struct day as_of, struct day today, struct error *err) {
    size_t len = strlen(name);
    bool sayable =
        len > 0 && len <= FREEZE_NAME_BYTES && text_is_utf8(name, len, NULL) && name[0] != ' ' && name[len - 1] != ' ';
    for (size_t i = 0; i < len; i++)
        sayable = sayable && (unsigned char)name[i] >= ' ' && name[i] != 0x7f;
    if (!sayable)
        return error_set(
            err, ERROR_USAGE,
            "a freeze wants a name to find it by, of at most %d bytes on one line, without blanks around it",
            FREEZE_NAME_BYTES);
    if (as_of.n > today.n) return error_set(err, ERROR_USAGE, "--as-of: a day still to come cannot be frozen");
    return ERROR_OK;
}

enum error_code read_freeze(struct desk_case *one, struct error *err) {
    struct day today = instant_day(one->request->now);
    enum error_code code = read_day(one, "as-of", "as_of", one->request->as_of, false, &one->as_of, err);
    if (code) return code;
    if (!day_is(one->as_of)) one->as_of = today;
    return freeze_check(one->request->subject[0], one->as_of, today, err);
}
