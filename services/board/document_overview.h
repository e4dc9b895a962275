/* The parts of the overview; each sets its members of the document. Pure. */
#ifndef DUBAN_BOARD_DOCUMENT_OVERVIEW_H
#define DUBAN_BOARD_DOCUMENT_OVERVIEW_H

#include "services/board/document_alert.h"
#include "services/board/document_level.h"
#include "services/board/document_part.h"

enum { OVERVIEW_LISTED = 60, COMING_LISTED = 40, COMING_DAYS = 30 };

/* Everything counted in one walk over the cells. */
struct tally {
    const struct plan *plan;
    struct level level;
    struct area_silence *silences; /* of each area */
    bool *shown;                   /* areas with a cell of this scope; all of them where it sees all */
    struct counts county, city;
    struct counts *areas;          /* of each area of the plan */
    struct counts *groups;         /* of each group of the level */
    struct counts *tasks;          /* of each task: county cells */
    struct counts *fields;         /* task × column: column 0 the city, then the groups; NULL where rolled up */
    size_t columns;
    size_t counties_in, counties_expected, departments_in, departments_expected;
};
bool tally_make(struct sight *sight, const char *under, struct tally *out); /* false: no memory */
void tally_finish(struct tally *tally);

void overview_matrix(struct sight *sight, const struct tally *tally, json_t *document); /* areas, groups, tasks */
void overview_decisions(struct sight *sight, json_t *document);
void overview_changes(struct sight *sight, json_t *document);
/* false: no memory. */
bool overview_coming(struct sight *sight, const struct answer_index *answers, json_t *document);

#endif
