/* Which counties are silent, since when and which of the silences it is: said once, for every document. Pure. */
#ifndef DUBAN_BOARD_DOCUMENT_SILENCE_H
#define DUBAN_BOARD_DOCUMENT_SILENCE_H

#include "services/board/document_sight.h"

struct area_silence {
    bool is;
    enum feed_state state;
    const struct feed *feed; /* NULL: no agent may bring what is owed */
    size_t missing;          /* cells that miss the newest closed period */
    struct day since;        /* 未报: the first day late of the first period that did not come; DAY_NONE: never heard */
    int32_t days;
};
/* One of each area of the plan (heap, free it; NULL without memory). */
struct area_silence *silences_find(const struct facts *facts);
/* The silence of a stream that is not a county's. is = false: it is not silent. */
struct area_silence silence_of_feed(const struct facts *facts, const struct feed *feed);

/* {"area","stream","unit","state","since","days","period","due","missing","words"}; null when there is none. */
json_t *silence_json(const struct facts *facts, size_t area, const struct area_silence *silence);
/* "剑阁9月数据未到（应10月8日）", "旺苍采集端断线（8月30日起）" */
void silence_words(const struct facts *facts, const char *who, const struct area_silence *silence, struct buffer *out);
/* "2021年9月"; "" when no period is closed yet. */
void closed_period_words(const struct facts *facts, char out[32]);
/* A day as the page says it: with the year where it is not the year of the document's day. */
void near_day_words(const struct facts *facts, struct day day, char out[40]);

#endif
