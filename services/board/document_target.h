/* A target: its head, the cells' paces, the curves. Pure. */
#ifndef DUBAN_BOARD_DOCUMENT_TARGET_H
#define DUBAN_BOARD_DOCUMENT_TARGET_H

#include "services/board/document_part.h"

/* "code","name","short","kind",… of a target, without its cells. */
json_t *target_head_json(const struct sight *sight, size_t target);
/* {"area","needed","months","best","best_month","unit","words"}; null where a pace has no sense. */
json_t *pace_json(struct sight *sight, size_t cell);
/* "照近4个月速度约明年3月中旬完成（5期数据）。", or why there is none. */
json_t *forecast_words_json(struct sight *sight, size_t cell);
/* One curve: points, plan, fan. NULL without memory. */
json_t *series_json(struct sight *sight, size_t cell);

#endif
