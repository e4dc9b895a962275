#include "common/report/answer_words.h"

#include <string.h>

#include "common/report/json.h"
#include "common/store/reply.h"

static const char *outcome_word(const struct answer_row *answer) {
    static const struct {
        const char *outcome, *word;
    } words[] = {
        {"answer", "答复（没有承诺日期）"}, {"standing", "未到期"},     {"kept", "兑现"},      {"broken", "未兑现"},
        {"worse", "其间情况变差"},          {"replaced", "后另有承诺"}, {"reversed", "已收回"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i].outcome, answer->outcome) == 0) return words[i].word;
    return answer->outcome;
}

const char *answer_outcome_words(const struct answer_row *answer) {
    return *answer->refused ? reply_refusal_words(answer->refused) : outcome_word(answer);
}

json_t *answer_row_json(const struct answer_row *answer) {
    return json_pack("{s:s, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:o}", "number",
                     answer->number, "item", answer->item ? json_integer(answer->item) : json_null(), "who",
                     answer->who, "by_day", json_of_day(answer->by_day), "reason", json_of_text(answer->reason), "text",
                     json_of_text(answer->words), "reporter", json_of_text(answer->reporter), "rule",
                     json_of_text(answer->rule), "target", json_of_text(answer->target), "area",
                     json_of_text(answer->area), "stream", json_of_text(answer->stream), "on_behalf", answer->on_behalf,
                     "outcome", json_of_text(answer->outcome), "refused", json_of_text(answer->refused), "known_at",
                     json_of_instant(answer->known_at), "ended_at", json_of_instant(answer->ended_at));
}
