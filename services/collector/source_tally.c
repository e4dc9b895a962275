#include "services/collector/source_tally.h"

#include <stdio.h>
#include <string.h>

#include "common/base/text.h"

static void say_last(struct source_tally *tally, const char *name, const struct taken *taken) {
    const struct verdict *verdict = &taken->verdict;
    char text[1024];
    if (taken->how == DOCUMENT_AGAIN)
        snprintf(text, sizeof text, "“%s”已收过", name);
    else if (taken->how == DOCUMENT_LATER)
        snprintf(text, sizeof text, "“%s”没有收：%s", name, taken->why);
    else if (verdict->whole.code)
        snprintf(text, sizeof text, "“%s”整份退回：%s", name, verdict->whole.reason);
    else
        snprintf(text, sizeof text, "“%s”收%u，其中待核%u，无变化%u，退回%u", name, verdict->taken, verdict->held,
                 verdict->unchanged, verdict->refused);
    if (*taken->trouble) snprintf(text + strlen(text), sizeof text - strlen(text), "；%s", taken->trouble);
    size_t len = text_cut_bytes(text, strlen(text), sizeof tally->last - 1);
    memcpy(tally->last, text, len);
    tally->last[len] = 0;
}

void source_tally_add(struct source_tally *tally, const char *name, const struct taken *taken) {
    say_last(tally, name, taken);
    switch (taken->how) {
    case DOCUMENT_TAKEN:
        tally->documents++;
        tally->whole += taken->verdict.whole.code != REFUSAL_NONE;
        tally->taken += taken->verdict.taken;
        tally->refused += taken->verdict.refused;
        break;
    case DOCUMENT_AGAIN:
        tally->again++;
        break;
    case DOCUMENT_LATER:
        tally->later++;
        break;
    }
}

void source_tally_show(const struct source_tally *tally, const struct source_settings *source, struct status *status) {
    const struct {
        const char *word;
        uint64_t value;
    } numbers[] = {{"documents", tally->documents}, {"whole_refused", tally->whole}, {"again", tally->again},
                   {"later", tally->later},         {"taken", tally->taken},         {"refused", tally->refused}};
    char key[STATUS_WORD_MAX];
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        snprintf(key, sizeof key, "source/%s/%s", source->name, numbers[i].word);
        status_set(status, key, (int64_t)numbers[i].value);
    }
    snprintf(key, sizeof key, "source/%s/last", source->name);
    status_set_text(status, key, tally->last);
}
