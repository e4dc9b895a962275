#include "services/collector/learn_ask.h"

#include <stdlib.h>
#include <string.h>

enum { TYPED_MAX = 512, ASKED_MAX = 5 };

void learn_offer(struct learn_question *question, const char *choice, const char *words) {
    if (question->choice_count == LEARN_CHOICES_MAX) return;
    question->choices[question->choice_count] = choice;
    question->choice_words[question->choice_count++] = words;
    if (!*question->proposal) question->proposal = choice;
}

static const char *meant(const struct learn_question *question, const char *typed) {
    if (!*typed) return question->proposal;
    if (strcmp(typed, "-") == 0) return "";
    size_t number = strspn(typed, "0123456789") == strlen(typed) ? (size_t)strtoul(typed, NULL, 10) : 0;
    return number >= 1 && number <= question->choice_count ? question->choices[number - 1] : typed;
}

static void show(const struct learn_asker *asker, const struct learn_question *question) {
    fprintf(asker->out, "\n%s\n", question->words);
    for (size_t i = 0; i < question->choice_count; i++)
        fprintf(asker->out, "  %zu. %s\n", i + 1, question->choice_words[i]);
}

static const char *once(struct learn_asker *asker, const struct learn_question *question) {
    char typed[TYPED_MAX];
    if (*question->proposal)
        fprintf(asker->out, "[%s]（回车＝照此，-＝没有）：", question->proposal);
    else
        fputs("（回车＝没有）：", asker->out);
    fflush(asker->out);
    if (!fgets(typed, sizeof typed, asker->in)) {
        asker->failed = true;
        fprintf(asker->out, "\n没有回答：%s\n", question->key);
        return "";
    }
    typed[strcspn(typed, "\r\n")] = 0;
    return arena_copy(asker->arena, meant(question, typed));
}

static const char *objection(const struct learn_question *question, const char *answer) {
    return *answer && question->objection ? question->objection(question->context, answer) : NULL;
}

static const char *from_person(struct learn_asker *asker, const struct learn_question *question) {
    show(asker, question);
    for (int asked = 0; asked < ASKED_MAX && !asker->failed; asked++) {
        const char *answer = once(asker, question), *why = objection(question, answer);
        if (!why) return answer;
        fprintf(asker->out, "%s。请再答一次。\n", why);
    }
    asker->failed = true;
    return "";
}

static const char *from_file(struct learn_asker *asker, const struct learn_question *question) {
    const char *typed = NULL, *others = NULL;
    show(asker, question);
    if (!yaml_get_text(asker->answers, asker->answers->root, question->key, YAML_OPTIONAL, &typed)) {
        yaml_get_text(asker->answers, asker->answers->root, "others", YAML_OPTIONAL, &others);
        typed = others && strcmp(others, "accept") == 0 ? "" : NULL;
    }
    if (!typed) {
        asker->failed = true;
        fprintf(asker->out, "缺少回答：%s（建议 %s）\n", question->key, *question->proposal ? question->proposal : "-");
        return "";
    }
    const char *answer = arena_copy(asker->arena, meant(question, typed));
    fprintf(asker->out, "→ %s\n", *answer ? answer : "没有");
    const char *why = objection(question, answer);
    if (!why) return answer;
    asker->failed = true;
    fprintf(asker->out, "%s（%s）。\n", why, question->key);
    return "";
}

const char *learn_ask(struct learn_asker *asker, const struct learn_question *question) {
    return asker->answers ? from_file(asker, question) : from_person(asker, question);
}
