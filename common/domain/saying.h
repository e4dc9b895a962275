/* The phrases that messages are made of: one fact each, in the office's words. Each adds to the buffer; a fact that is
 * not there adds nothing, or says so neutrally. Pure. */
#ifndef DUBAN_DOMAIN_SAYING_H
#define DUBAN_DOMAIN_SAYING_H

#include "common/domain/digest.h"

bool saying_recovered(const struct digest_item *item);
const char *saying_state(const struct digest_item *item); /* "滞后", "转好" */
const char *saying_office(const struct plan *plan);
const char *saying_speaker(const struct plan *plan, const struct stream_facts *stream); /* "剑阁" */

/* --- line 1 --- */
/* What gives way where 40 characters are not enough: the planned value, then the unit, then the end of the name. The
 * state, the county, the figures and the one number stay. */
enum saying_brevity { SAYING_FULL, SAYING_NO_PLAN, SAYING_NO_UNIT, SAYING_NAME_CUT };
void saying_figure(const struct plan *plan, const struct digest_item *item, enum saying_brevity brevity,
                   struct buffer *out); /* "31/62公里 " */
void saying_number(const struct plan *plan, const struct digest_item *item, struct instant now,
                   enum saying_brevity brevity, struct buffer *out);
void saying_silence(const struct plan *plan, const struct digest_item *item, struct instant now, struct buffer *out);

/* --- sentences --- */
struct saying_text {
    char text[32];
};
void saying_day(struct day day, struct buffer *out); /* "12月31日" */
struct saying_text saying_short_day(struct day day);
void saying_basis(const struct plan *plan, const struct digest_item *item, struct buffer *out); /* 截至…（…报）。 */
void saying_basis_planned(const struct plan *plan, const struct digest_item *item, struct buffer *out);
void saying_left(const struct plan *plan, const struct digest_item *item, struct buffer *out); /* "余2个，" */
void saying_due(const struct digest_item *item, struct buffer *out);       /* 期限…，未延期过。 */
void saying_due_moved(const struct digest_item *item, struct buffer *out); /* 原期限…。 */
void saying_forecast(const struct digest_item *item, struct instant now, struct buffer *out);
void saying_forecast_line(const struct digest_item *item, struct instant now, struct buffer *out);
void saying_pace(const struct plan *plan, const struct digest_item *item, struct buffer *out);  /* 要按期，… */
void saying_words(const struct plan *plan, const struct digest_item *item, struct buffer *out); /* 县里说明：… */
void saying_words_short(const struct plan *plan, const struct digest_item *item, struct buffer *out);

/* --- whole bodies of the three kinds of silence --- */
void saying_body_missing(const struct plan *plan, const struct digest_item *item, struct instant now,
                         struct buffer *out);
void saying_body_offline(const struct plan *plan, const struct digest_item *item, struct instant now,
                         struct buffer *out);
void saying_body_rejected(const struct plan *plan, const struct digest_item *item, struct instant now,
                          struct buffer *out);

#endif
