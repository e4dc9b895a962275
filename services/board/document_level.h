/* The level at which many areas are shown: counties as they are up to 60 of them, else rolled up by their codes to
 * cities (four digits) or provinces (two). Pure. */
#ifndef DUBAN_BOARD_DOCUMENT_LEVEL_H
#define DUBAN_BOARD_DOCUMENT_LEVEL_H

#include "services/board/document_sight.h"

enum { LEVEL_AREAS_MAX = 60, LEVEL_CODE_MAX = 24 };
enum level_kind { LEVEL_COUNTY, LEVEL_CITY, LEVEL_PROVINCE };

struct level {
    enum level_kind kind;
    size_t *group_of; /* heap; of each area of the plan: its group, NO_INDEX = not of this level */
    struct level_group {
        char code[LEVEL_CODE_MAX]; /* "510823"; "5108" and "51" where areas are rolled up */
        size_t area;               /* the area itself, or the one that bears the group's name; NO_INDEX */
        size_t counties;
    } * groups; /* heap */
    size_t count;
    size_t hidden; /* groups beyond the sixtieth */
};

/* `under`: a code's first digits ("51", "5108"); NULL = the whole. shown: which areas there are. false: no memory. */
bool level_make(const struct plan *plan, const char *under, const bool *shown, struct level *out);
void level_finish(struct level *level);
const char *level_word(enum level_kind kind); /* "county" "city" "province" */

/* A province by its two digits (GB/T 2260) and its place on the grid of the country; NULL. */
struct province {
    const char *code, *name, *short_name;
    int row, column;
};
const struct province *province_find(const char *code);

#endif
