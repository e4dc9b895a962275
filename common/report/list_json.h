/* What lists are made of, as JSON: an alert, a file as its agent took it, a row in quarantine. Pure. */
#ifndef DUBAN_REPORT_LIST_JSON_H
#define DUBAN_REPORT_LIST_JSON_H

#include <jansson.h>

#include "common/store/quarantine.h"
#include "common/store/query_alert.h"
#include "common/store/query_feed.h"

json_t *alert_json(const struct alert_row *alert); /* without its notices */
const char *alert_rule_words(const char *rule);    /* "滞后"; the rule itself when unknown */
const char *alert_state_words(const char *state);  /* "未了" "已承诺" "暂不提" "已了" */
json_t *file_json(const struct feed_file *file);   /* "id": "F1187" */
json_t *quarantined_json(const struct quarantined *row);

#endif
