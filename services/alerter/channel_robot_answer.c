/* What a robot's answer means. Pure. */
#include <jansson.h>
#include <string.h>

#include "services/alerter/channel_robot.h"

enum { WECOM_HOLD_MS = 60000, CONCURRENT_HOLD_MS = 5000, DINGTALK_HOLD_MS = 600000, FEISHU_HOLD_MS = 60000,
       HOLD_LEAST_MS = 1000, HOLD_MOST_MS = 3600000, BUSY_TRIES = 3 };

/* code; outcome; hold; tries; words the errmsg must hold (NULL = any); what the operator can do. */
struct robot_answer {
    long long code;
    enum delivery_outcome outcome;
    int hold_ms, tries_max;
    const char *words, *remedy;
};

static const struct robot_answer wecom[] = {
    {0, DELIVERY_DELIVERED, 0, 0, NULL, ""},
    {-1, DELIVERY_RETRY, 0, BUSY_TRIES, NULL, ""},
    {45009, DELIVERY_THROTTLED, WECOM_HOLD_MS, 0, NULL, "more than 20 messages a minute: the channel waits"},
    {45033, DELIVERY_THROTTLED, CONCURRENT_HOLD_MS, 0, NULL, "too many at once: the channel waits"},
    {93000, DELIVERY_FAILED, 0, 0, NULL, "the key is wrong or the robot was removed: make a new one, write its key_file"},
    {40008, DELIVERY_FAILED, 0, 0, NULL, ""},
    {45002, DELIVERY_FAILED, 0, 0, NULL, "the text is too long"},
    {40058, DELIVERY_FAILED, 0, 0, NULL, ""},
    {40035, DELIVERY_FAILED, 0, 0, NULL, ""},
    {40033, DELIVERY_FAILED, 0, 0, NULL, ""},
};
static const struct robot_answer dingtalk[] = {
    {0, DELIVERY_DELIVERED, 0, 0, NULL, ""},
    {-1, DELIVERY_RETRY, 0, BUSY_TRIES, NULL, ""},
    {130101, DELIVERY_THROTTLED, DINGTALK_HOLD_MS, 0, NULL, "more than 20 messages a minute: blocked for 10 minutes"},
    {410100, DELIVERY_THROTTLED, DINGTALK_HOLD_MS, 0, NULL, "more than 20 messages a minute: blocked for 10 minutes"},
    {310000, DELIVERY_RETRY, 0, 0, "timestamp", "the clock of this machine is wrong: set it by NTP"},
    {310000, DELIVERY_FAILED, 0, 0, "keyword", "the robot wants a keyword: switch it to signing"},
    {310000, DELIVERY_FAILED, 0, 0, "sign", "the secret does not fit: copy it anew into secret_file"},
    {310000, DELIVERY_FAILED, 0, 0, NULL, "the robot lets only listed addresses in: add this machine's, or use signing"},
    {300005, DELIVERY_FAILED, 0, 0, NULL, "the token is gone: make a new robot, write its key_file"},
    {300001, DELIVERY_FAILED, 0, 0, NULL, "the token is gone: make a new robot, write its key_file"},
    {400101, DELIVERY_FAILED, 0, 0, NULL, "the token is gone: make a new robot, write its key_file"},
    {400102, DELIVERY_FAILED, 0, 0, NULL, "the robot was stopped: start it in the group's settings"},
    {400013, DELIVERY_FAILED, 0, 0, NULL, "the group was dissolved"},
    {40035, DELIVERY_FAILED, 0, 0, NULL, ""},
};
static const struct robot_answer feishu[] = {
    {0, DELIVERY_DELIVERED, 0, 0, NULL, ""},
    {11232, DELIVERY_THROTTLED, FEISHU_HOLD_MS, 0, NULL, "too many messages: the channel waits"},
    {9499, DELIVERY_FAILED, 0, 0, NULL, ""},
    {19021, DELIVERY_FAILED, 0, 0, NULL, "the signature does not fit: copy secret_file anew, set the clock by NTP"},
    {19022, DELIVERY_FAILED, 0, 0, NULL, "the robot lets only listed addresses in: add this machine's"},
    {19024, DELIVERY_FAILED, 0, 0, NULL, "the robot wants a keyword: switch it to signing"},
    {19036, DELIVERY_FAILED, 0, 0, NULL, "the text is too long"},
};
static const struct {
    enum channel_kind kind;
    const struct robot_answer *answers;
    size_t count;
    const char *code, *words; /* names in the body */
    int hold_ms;
} vendors[] = {
    {CHANNEL_WECOM, wecom, sizeof wecom / sizeof wecom[0], "errcode", "errmsg", WECOM_HOLD_MS},
    {CHANNEL_DINGTALK, dingtalk, sizeof dingtalk / sizeof dingtalk[0], "errcode", "errmsg", DINGTALK_HOLD_MS},
    {CHANNEL_FEISHU, feishu, sizeof feishu / sizeof feishu[0], "code", "msg", FEISHU_HOLD_MS},
};

static int bounded_hold(long long ms) {
    return (int)(ms < HOLD_LEAST_MS ? HOLD_LEAST_MS : ms > HOLD_MOST_MS ? HOLD_MOST_MS : ms);
}

/* DingTalk's gateway has a form of its own: {"status":1111,"punish":"deny","wait":5}, in seconds. */
static bool is_punished(const json_t *json, struct channel_verdict *out) {
    if (!json_is_string(json_object_get(json, "punish"))) return false;
    long long wait = json_integer_value(json_object_get(json, "wait"));
    int hold = wait > 0 && wait < HOLD_MOST_MS / MS_SECOND ? bounded_hold(wait * MS_SECOND) : DINGTALK_HOLD_MS;
    *out = (struct channel_verdict){.outcome = DELIVERY_THROTTLED, .hold_ms = hold};
    return true;
}

/* Without a code nothing was said: a proxy's or a portal's page, or the vendor in trouble. */
static struct channel_verdict without_code(long status, int hold_ms, long reset_s, const char **remedy) {
    if (status == 429)
        return (struct channel_verdict){.outcome = DELIVERY_THROTTLED,
                                        .hold_ms = reset_s > 0 ? bounded_hold(reset_s * 1000LL) : hold_ms};
    *remedy = "no code in the answer: it did not come from the vendor; look at base_url and proxy";
    return (struct channel_verdict){.outcome = DELIVERY_RETRY};
}

static const struct robot_answer *find(const struct robot_answer *answers, size_t count, long long code,
                                       const char *words) {
    for (size_t i = 0; i < count; i++)
        if (answers[i].code == code && (!answers[i].words || (words && strstr(words, answers[i].words))))
            return &answers[i];
    return NULL;
}

struct channel_verdict robot_judge(enum channel_kind kind, long status, const char *body, size_t len, long reset_s,
                                   const char **remedy) {
    size_t v = 0;
    while (v + 1 < sizeof vendors / sizeof vendors[0] && vendors[v].kind != kind) v++;
    struct channel_verdict out = {.outcome = DELIVERY_RETRY};
    *remedy = "";
    json_t *json = json_loadb(body, len, 0, NULL);
    json_t *code = json_object_get(json, vendors[v].code);
    if (!json_is_integer(code) && kind == CHANNEL_FEISHU) code = json_object_get(json, "StatusCode"); /* its old form */
    if (kind == CHANNEL_DINGTALK && is_punished(json, &out)) {
        *remedy = "asked too often: the channel waits";
    } else if (!json_is_integer(code)) {
        out = without_code(status, vendors[v].hold_ms, reset_s, remedy);
    } else {
        const char *words = json_string_value(json_object_get(json, vendors[v].words));
        const struct robot_answer *answer =
            find(vendors[v].answers, vendors[v].count, json_integer_value(code), words);
        if (answer) {
            out = (struct channel_verdict){answer->outcome, answer->hold_ms, answer->tries_max};
            *remedy = answer->remedy;
        }
        if (status == 429 && out.outcome != DELIVERY_DELIVERED)
            out = (struct channel_verdict){.outcome = DELIVERY_THROTTLED, .hold_ms = vendors[v].hold_ms};
        if (out.outcome == DELIVERY_THROTTLED && reset_s > 0) out.hold_ms = bounded_hold(reset_s * 1000LL);
    }
    json_decref(json);
    return out;
}
