/* The Chinese words of lights, states and figures, as every view prints them. */
#ifndef DUBAN_REPORT_WORDS_H
#define DUBAN_REPORT_WORDS_H

#include "common/base/buffer.h"
#include "common/report/view.h"

const char *light_name(enum light light); /* 完成 正常 黄 红 灰 – */
/* The light as the office reads it: "黄（红灯待核定）"; one that a person set, never without what the rules say:
 * "正常（市两改办另定至12-31，规则为黄）". */
void light_words(const struct assessment *assessment, struct buffer *out);
const char *cell_state_name(enum cell_state state);     /* 逾期 待终报 … */
const char *report_state_name(enum report_state state); /* 按时 迟报 无变化 未报 补录; "" */
const char *forecast_refusal_name(enum forecast_refusal refusal);
const char *weekday_name(struct day day);     /* 周一 */
void day_words(struct day day, char out[32]); /* 10月31日 */

/* "9/21个", "87.5%", "已完成", "3.2个工作日"; "无数" without a figure. */
void cell_done_words(const struct view *view, size_t cell, const struct assessment *assessment, struct buffer *out);
/* "苍溪 融合试点村" */
void cell_name_words(const struct view *view, size_t cell, struct buffer *out);
/* "-12.5" */
void points_words(const struct assessment *assessment, char out[16]);
/* "、"-joined leads; participants too with `all`. */
void task_units_words(const struct plan *plan, const struct task *task, bool leads, struct buffer *out);
void flags_words(const struct plan *plan, const struct assessment *assessment, struct buffer *out);
/* Whose figure of the cell counts: "县区报的数". */
const char *reporter_of_record(const struct view *view, size_t cell);

#endif
