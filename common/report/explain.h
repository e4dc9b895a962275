/* Why a cell stands as it does: the sentence, every event of it with what became of it and where it came from, what was
 * answered, and whether the chain is whole. */
#ifndef DUBAN_REPORT_EXPLAIN_H
#define DUBAN_REPORT_EXPLAIN_H

#include "common/report/evidence.h"
#include "common/report/view.h"
#include "common/store/query_answer.h"
#include "common/store/verify.h"

struct explanation {
    const struct view *view; /* borrowed; with the cell's events */
    size_t cell;
    struct ledger ledger;
    struct evidence *events; /* heap; one of each of the cell's events */
    struct verify_report verify;
    bool unverified;            /* nobody looked: then "chain" is null */
    struct answer_rows answers; /* of the whole programme */
    char why[1024];
};

/* Everything but answers and verify, which the caller asks for. view and cell are set before. Waits for the database. */
__attribute__((warn_unused_result)) enum error_code explanation_gather(struct pg *pg, struct explanation *out,
                                                                       struct error *err);
void explanation_finish(struct explanation *explanation);
bool explanation_takes_answer(const struct explanation *explanation, const struct answer_row *answer);
/* Sets "why", "cell", "events", "answers", "chain". */
void explanation_json(const struct explanation *explanation, json_t *document);
json_t *explanation_answers_json(const struct explanation *explanation, const struct answer_rows *answers);

#endif
