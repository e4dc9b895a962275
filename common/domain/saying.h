/* The phrases that messages are made of: one fact each, in the office's words. Each adds to the buffer; a fact that is
 * not there adds nothing, or says so neutrally. Pure. */
#ifndef DUBAN_DOMAIN_SAYING_H
#define DUBAN_DOMAIN_SAYING_H

#include "common/domain/digest.h"

bool saying_recovered(const struct digest_item *item);
bool saying_step(const struct digest_item *item, const char *step);
bool saying_proposal(const struct digest_item *item);     /* 拟黄牌, 拟红牌: the office's alone */
bool saying_is_card(const struct digest_item *item);      /* proposed, issued or withdrawn */
const char *saying_state(const struct digest_item *item); /* "滞后", "转好" */
const char *saying_office(const struct plan *plan);
const char *saying_speaker(const struct plan *plan, const struct stream_facts *stream); /* "剑阁" */
enum alert_rung saying_rung(const struct digest_item *item);                            /* of the step that is said */
const struct light_rules *saying_rules(const struct digest_view *view);

/* --- line 1: saying.c --- */
/* What gives way where 40 characters are not enough: a second number, the due date and the document (the body says
 * them), then the unit, then the end of the name. The state, the county, the figures and the one number stay. */
enum saying_brevity { SAYING_FULL, SAYING_NO_PLAN, SAYING_NO_UNIT, SAYING_NAME_CUT };
void saying_figure(const struct digest_view *view, const struct digest_item *item, enum saying_brevity brevity,
                   struct buffer *out); /* "31.0/62.0公里 " */
void saying_number(const struct digest_view *view, const struct digest_item *item, enum saying_brevity brevity,
                   struct buffer *out);
void saying_card(const struct digest_view *view, const struct digest_item *item, enum saying_brevity brevity,
                 struct buffer *out); /* "黄牌 广两改办〔2022〕3号" */
void saying_gap(const struct digest_view *view, const struct digest_item *item, struct buffer *out); /* 应17 少8 */
void saying_missing(const struct digest_view *view, const struct digest_item *item, struct buffer *out); /* 差10.7 */
void saying_rest(const struct digest_view *view, const struct digest_item *item, struct buffer *out);    /* 余10.7 */
/* As exact as its figure; sums of money in 万 where 元 would fill the line. */
void saying_value(const struct digest_view *view, const struct digest_item *item, struct decimal value,
                  struct buffer *out);
void saying_unit(const struct plan *plan, const struct cell *cell, struct buffer *out); /* "公里", "个" */
/* "缺1县，3县未完成：利州、青川、苍溪。" of a roll-up; without names "缺1县 " or "3县未完成 ". */
void saying_counties(const struct digest_view *view, const struct digest_item *item, bool names, struct buffer *out);
void saying_cell_line(const struct digest_view *view, const struct digest_item *item, enum saying_brevity brevity,
                      struct buffer *out);
/* The line that fits, and how brief it had to be. */
enum saying_brevity saying_fit(const struct digest_view *view, const struct digest_item *item, struct buffer *line);
enum saying_brevity saying_brevity(const struct digest_view *view, const struct digest_item *item); /* that fits */

/* --- days: saying_fact.c --- */
void saying_day(struct day day, struct buffer *out);                                      /* "12月31日" */
void saying_day_near(const struct digest_view *view, struct day day, struct buffer *out); /* with the year where far */
void saying_known(const struct digest_view *view, struct buffer *out);                    /* "10月9日8:30所知" */

/* --- sentences about a cell: saying_fact.c --- */
void saying_basis(const struct digest_view *view, const struct digest_item *item,
                  struct buffer *out); /* 截至…（…报）。 */
void saying_basis_planned(const struct digest_view *view, const struct digest_item *item, struct buffer *out);
void saying_due(const struct digest_view *view, const struct digest_item *item,
                struct buffer *out); /* 期限…，未延期过。 */
void saying_due_moved(const struct digest_view *view, const struct digest_item *item, struct buffer *out);
bool saying_due_has_moved(const struct digest_item *item);
void saying_words(const struct digest_view *view, const struct digest_item *item, struct buffer *out); /* 县里说明：… */
void saying_words_short(const struct digest_view *view, const struct digest_item *item, struct buffer *out);
const char *saying_reporter(const struct digest_view *view, const struct digest_item *item); /* "县里" */
const char *saying_own(const struct digest_view *view, const struct digest_item *item);      /* "本县" */
void saying_text(struct slice text, size_t chars, struct buffer *out);                       /* cut with … */

/* --- its pace: saying_pace.c --- */
void saying_forecast(const struct digest_view *view, const struct digest_item *item, struct buffer *out);
void saying_forecast_line(const struct digest_view *view, const struct digest_item *item, struct buffer *out);
void saying_pace(const struct digest_view *view, const struct digest_item *item, struct buffer *out); /* 要按期，… */

/* --- what was asked, answered and decided: saying_ladder.c --- */
void saying_answer(const struct digest_view *view, const struct digest_item *item, struct buffer *out);
void saying_answer_line(const struct digest_view *view, const struct digest_item *item, struct buffer *out);
void saying_history(const struct digest_view *view, const struct digest_item *item, struct buffer *out); /* 经过：… */
void saying_answer_day(const struct digest_view *view, struct buffer *out);
/* "1月13日转催办"; false: nothing follows. */
bool saying_follow(const struct digest_view *view, const struct digest_item *item, struct buffer *out);
void saying_follow_line(const struct digest_view *view, const struct digest_item *item, struct buffer *out);
void saying_red(const struct digest_view *view, const struct digest_item *item,
                struct buffer *out);         /* 亮灯：红（…）。 */
const char *saying_colour(enum light light); /* "黄" */
const char *saying_level(const char *level); /* "黄牌" */
void saying_issue_past(const struct digest_view *view, const struct digest_item *item, struct buffer *out);
void saying_draft(const struct digest_view *view, const struct digest_item *item, struct buffer *out); /* 拟稿：… */

/* --- silence: saying_silence.c --- */
void saying_silence(const struct digest_view *view, const struct digest_item *item, struct buffer *out);
void saying_silence_short(const struct digest_view *view, const struct digest_item *item, struct buffer *out);
void saying_body_missing(const struct digest_view *view, const struct digest_item *item, struct buffer *out);
void saying_body_offline(const struct digest_view *view, const struct digest_item *item, struct buffer *out);
void saying_body_rejected(const struct digest_view *view, const struct digest_item *item, struct buffer *out);
void saying_silence_over(const struct digest_view *view, const struct digest_item *item, struct buffer *out);

/* --- the house's own: saying_house.c --- */
void saying_house(const struct digest_view *view, const struct digest_item *item, struct buffer *out);
void saying_body_house(const struct digest_view *view, const struct digest_item *item, struct buffer *out);

#endif
