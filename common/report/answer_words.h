/* An answer to an alert, as commands and the board list it. Pure. */
#ifndef DUBAN_REPORT_ANSWER_WORDS_H
#define DUBAN_REPORT_ANSWER_WORDS_H

#include <jansson.h>

#include "common/store/query_answer.h"

const char *answer_outcome_words(const struct answer_row *answer); /* "兑现", "未到期", "没有这个编号" */
json_t *answer_row_json(const struct answer_row *answer);

#endif
