#include "services/board/action.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/log.h"

/* --- members --- */

enum member {
    M_TARGET = 1 << 0,
    M_AREA = 1 << 1,
    M_NUMBER = 1 << 2,
    M_UID = 1 << 3,
    M_ID = 1 << 4,
    M_REASON = 1 << 5,
    M_DOCUMENT = 1 << 6,
    M_WHO = 1 << 7,
    M_TEXT = 1 << 8,
    M_LEVEL = 1 << 9,
    M_LIGHT = 1 << 10,
    M_RULE = 1 << 11,
    M_DUE = 1 << 12,
    M_BY_DAY = 1 << 13,
    M_UNTIL = 1 << 14,
    M_AS_OF = 1 << 15,
    M_REPLACE = 1 << 16,
    M_CELL = M_TARGET | M_AREA,
};

#define AT(member) offsetof(struct desk_request, member)
static const struct {
    const char *name;
    unsigned bit;
    size_t at; /* of a text in the request; 0 = elsewhere */
    const char *words, *hint;
} members[] = {
    {"target", M_TARGET, 0, "指标", "指标的编号，如 T06.1"},
    {"area", M_AREA, 0, "县（区）", "行政区划代码，如 510823"},
    {"number", M_NUMBER, 0, "消息编号", "如 D21-1108-05/2"},
    {"uid", M_UID, 0, "编号", "决定或数据的编号"},
    {"id", M_ID, 0, "申请编号", "如 E0007、K0004"},
    {"reason", M_REASON, AT(reason), "理由", "写明理由；答复的原因从清单里选"},
    {"document", M_DOCUMENT, AT(document), "文号", "如 广改办〔2021〕9号"},
    {"who", M_WHO, AT(who), "答复人", "答复人的姓名"},
    {"text", M_TEXT, AT(text), "内容", NULL},
    {"level", M_LEVEL, AT(level), "级别", "yellow_card、red_card 或 circular"},
    {"light", M_LIGHT, AT(light), "灯", "grey、green、blue、yellow 或 red"},
    {"rule", M_RULE, AT(rule), "规则", NULL},
    {"due", M_DUE, AT(due), "延到的日期", "写成 2021-12-31，晚于现在的期限"},
    {"by_day", M_BY_DAY, AT(by_day), "承诺日期", "写成 2021-12-31，不早于今天"},
    {"until", M_UNTIL, AT(until), "截止日期", "写成 2021-12-31，不早于今天"},
    {"as_of", M_AS_OF, AT(as_of), "数据日期", "写成 2021-12-31"},
    {"replace", M_REPLACE, 0, "替换", "true 或 false"},
};
enum { MEMBERS = sizeof members / sizeof *members };

static const struct {
    enum desk_verb verb;
    unsigned takes;
} offered[] = {
    {DESK_RELEASE, M_CELL | M_NUMBER | M_REASON},
    {DESK_CONFIRM, M_UID | M_CELL | M_AS_OF | M_REASON},
    {DESK_PROMISE, M_NUMBER | M_CELL | M_WHO | M_BY_DAY | M_REASON | M_TEXT | M_REPLACE},
    {DESK_EXTENSION_GRANT, M_ID | M_CELL | M_DUE | M_DOCUMENT | M_REASON},
    {DESK_EXTENSION_REFUSE, M_ID | M_CELL | M_REASON | M_DOCUMENT},
    {DESK_CLOSE_OUT_CHECK, M_ID | M_CELL | M_DOCUMENT | M_REASON},
    {DESK_CLOSE_OUT_VERIFY, M_ID | M_CELL | M_DOCUMENT | M_REASON},
    {DESK_CLOSE_OUT_REFUSE, M_ID | M_CELL | M_REASON | M_DOCUMENT},
    {DESK_ISSUE, M_CELL | M_NUMBER | M_LEVEL | M_DOCUMENT | M_REASON},
    {DESK_MUTE, M_CELL | M_NUMBER | M_RULE | M_UNTIL | M_REASON | M_REPLACE},
    {DESK_OVERRIDE, M_CELL | M_LIGHT | M_UNTIL | M_REASON | M_REPLACE},
    {DESK_REVERSE, M_UID | M_ID | M_REASON},
};

static size_t member_named(const char *name) {
    for (size_t i = 0; i < MEMBERS; i++)
        if (slice_is(slice_of(members[i].name), name)) return i;
    return MEMBERS;
}

static bool wrong(struct problem *problem, const char *name, const char *what) {
    size_t at = member_named(name);
    const char *words = at < MEMBERS ? members[at].words : name;
    problem_set(problem, PROBLEM_BAD_FIELD, name, at < MEMBERS ? members[at].hint : NULL, "%s：%s", words, what);
    return false;
}

static bool read_member(const char *name, const json_t *value, unsigned takes, struct action *out,
                        const char *texts[MEMBERS], struct problem *problem) {
    size_t at = member_named(name);
    if (at == MEMBERS || !(members[at].bit & takes)) return wrong(problem, name, "这里不收这一项");
    if (json_is_null(value)) return true;
    if (members[at].bit == M_REPLACE) {
        out->request.replace = json_is_true(value);
        return json_is_boolean(value) || wrong(problem, name, "要写 true 或 false");
    }
    if (!json_is_string(value)) return wrong(problem, name, "要写文字");
    if (json_string_length(value) > ACTION_TEXT_MAX) return wrong(problem, name, "太长");
    texts[at] = json_string_value(value);
    if (members[at].at) memcpy((char *)&out->request + members[at].at, &texts[at], sizeof texts[at]);
    return true;
}

/* What it is about: one of id, uid, number; else target and area, or, of a mute, an area alone. */
static bool read_subject(const char *const texts[MEMBERS], unsigned takes, struct action *out,
                         struct problem *problem) {
    static const unsigned single[] = {M_ID, M_UID, M_NUMBER};
    const char *target = texts[member_named("target")], *area = texts[member_named("area")];
    size_t given = 0;
    for (size_t i = 0; i < sizeof single / sizeof *single; i++)
        for (size_t k = 0; k < MEMBERS; k++)
            if (members[k].bit == single[i] && texts[k] && *texts[k]) {
                out->subject[0] = texts[k];
                given++;
            }
    out->request.subject_count = 1;
    if (given == 1 && !target && !area) return true;
    if (given) return wrong(problem, "target", "只能用一种办法指明是哪一项");
    if (!target && area && *area && out->request.verb == DESK_MUTE) {
        out->subject[0] = area;
        return true;
    }
    if (target && *target && area && *area) {
        out->subject[0] = target;
        out->subject[1] = area;
        out->request.subject_count = 2;
        return true;
    }
    return wrong(problem,
                 takes & M_CELL ? (target && *target ? "area" : "target")
                 : takes & M_ID ? "id"
                                : "uid",
                 "没有写明是哪一项");
}

bool action_read(const char *verb, const json_t *body, struct action *out, struct problem *problem) {
    const char *texts[MEMBERS] = {NULL}, *name;
    const json_t *value;
    enum desk_verb wanted;
    unsigned takes = 0;
    *out = (struct action){0};
    if (desk_verb_parse(verb, &wanted))
        for (size_t i = 0; i < sizeof offered / sizeof *offered; i++)
            if (offered[i].verb == wanted) takes = offered[i].takes;
    if (!takes) {
        problem_set(problem, PROBLEM_UNKNOWN_RESOURCE, NULL, NULL, "没有这种操作");
        return false;
    }
    out->request.verb = wanted;
    out->request.subject = out->subject;
    json_object_foreach((json_t *)(uintptr_t)body, name, value) {
        if (!read_member(name, value, takes, out, texts, problem)) return false;
    }
    return read_subject(texts, takes, out, problem);
}

/* --- keys --- */

bool action_digest(const char *verb, const json_t *body, uint8_t out[ACTION_DIGEST_BYTES]) {
    char *text = json_dumps(body, JSON_COMPACT | JSON_SORT_KEYS);
    if (!text) return false;
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, ACTION_DIGEST_BYTES);
    crypto_generichash_update(&state, (const unsigned char *)verb, strlen(verb) + 1);
    crypto_generichash_update(&state, (const unsigned char *)text, strlen(text));
    crypto_generichash_final(&state, out, ACTION_DIGEST_BYTES);
    free(text);
    return true;
}

bool action_key_is_good(const char *key) {
    size_t len = strlen(key);
    for (size_t i = 0; i < len; i++)
        if (key[i] <= ' ' || key[i] >= 0x7f) return false;
    return len > 0 && len < 80;
}

void action_subject(const struct action *action, struct buffer *out) {
    for (size_t i = 0; i < action->request.subject_count; i++)
        buffer_printf(out, "%s%s", i ? " " : "", action->subject[i]);
}

/* --- problems --- */

void action_problem(const struct desk_case *one, const struct error *err, struct problem *problem) {
    if (one->unknown || err->code == ERROR_NOT_FOUND) {
        problem_set(problem, PROBLEM_UNKNOWN_SUBJECT, NULL, NULL, "没有这一项");
    } else if (one->field) {
        (void)wrong(problem, one->field, "没有填，或者填得不对");
    } else if (err->code == ERROR_CONFLICT || err->code == ERROR_USAGE) {
        bool already = one->already && err->code == ERROR_CONFLICT;
        problem_set(problem, already ? PROBLEM_ALREADY_DECIDED : PROBLEM_NOT_POSSIBLE, NULL,
                    already ? "刷新后看现在的情况" : NULL, "%s", *one->state ? one->state : "这一项现在不能这样办");
        size_t len = strlen(one->state);
        if (len >= sizeof problem->state) len = sizeof problem->state - 1;
        memcpy(problem->state, one->state, len);
        problem->state[len] = '\0';
    } else if (err->code == ERROR_CONNECTION) {
        problem_set(problem, PROBLEM_NOT_CONFIRMED, NULL, "稍后看“已办”；中心恢复后会自动送达", "中心没有在时限内确认");
    } else {
        log_failure(LOG_LEVEL_ERROR, "action_failed", err);
        problem_set(problem, PROBLEM_INTERNAL, NULL, NULL, "没有办成，请看日志");
    }
}
