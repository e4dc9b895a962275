/* The three kinds of silence, each for another person: 未报 to the liaison, 断线 to IT, 退回 to the liaison. */
#include <stdio.h>

#include "common/base/text.h"
#include "common/domain/saying.h"

struct saying_text {
    char text[32];
};

static struct saying_text words_of(const struct plan *plan, struct period period) {
    struct saying_text out = {""};
    period_words(&plan->reporting, period, out.text);
    return out;
}

/* "昭化6月报表.csv" says its month itself. */
static struct saying_text month_in_name(struct slice file) {
    struct saying_text out = {""};
    static const char month[] = "月";
    const char *at = file.ptr ? memmem(file.ptr, file.len, month, strlen(month)) : NULL;
    size_t digits = 0;
    while (at && digits < 2 && at - digits > file.ptr && at[-1 - (ptrdiff_t)digits] >= '0' &&
           at[-1 - (ptrdiff_t)digits] <= '9')
        digits++;
    if (digits > 0) snprintf(out.text, sizeof out.text, "%.*s%s", (int)digits, at - digits, month);
    return out;
}

/* "2021-09" of a receipt as "9月"; other forms as they came; "" when neither file nor name tells a period. */
static struct saying_text receipt_period(const struct receipt *receipt) {
    struct saying_text out = {""};
    int64_t month;
    if (!receipt->period.ptr) return month_in_name(receipt->file);
    if (receipt->period.len == 7 && receipt->period.ptr[4] == '-') {
        const char *at = receipt->period.ptr + 5;
        size_t len = 2;
        if (*at == '0') at++, len--;
        if (text_to_int(at, len, &month) && month >= 1 && month <= 12) {
            snprintf(out.text, sizeof out.text, "%d月", (int)month);
            return out;
        }
    }
    size_t cut = text_cut_bytes(receipt->period.ptr, receipt->period.len, sizeof out.text - 1);
    snprintf(out.text, sizeof out.text, "%.*s", (int)cut, receipt->period.ptr);
    return out;
}

/* "9月报表", "回复表" */
static struct saying_text table_words(const struct receipt *receipt) {
    struct saying_text out = {""};
    if (receipt_is_request(receipt))
        snprintf(out.text, sizeof out.text, "%.*s表", (int)receipt->feed.len, receipt->feed.ptr);
    else
        snprintf(out.text, sizeof out.text, "%.25s报表", receipt_period(receipt).text);
    return out;
}

/* The newest file that was a report; NULL = none has come. */
static const struct receipt *last_report(const struct stream_facts *stream) {
    for (size_t i = stream->receipt_count; i-- > 0;)
        if (!receipt_is_request(&stream->receipts[i])) return &stream->receipts[i];
    return NULL;
}

static int rows_of(const struct receipt *r) {
    return r->taken + r->unchanged + r->held + r->refused;
}
static bool all_refused(const struct receipt *r) {
    return r->taken + r->unchanged + r->held == 0;
}

static void line_missing(const struct plan *plan, const struct stream_facts *stream, struct instant now,
                         struct buffer *out) {
    buffer_printf(out, "%s数据未到 应", words_of(plan, stream->period).text);
    saying_day(stream->period.closing, out);
    int late = calendar_working_between(plan->calendar, stream->period.closing, instant_day(now));
    if (late > 0)
        buffer_printf(out, "报 迟%d个工作日", late);
    else
        buffer_printf(out, "报 迟%d天", (int)(instant_day(now).n - stream->period.closing.n));
}

static struct instant last_sign(const struct stream_facts *stream) {
    return instant_is(stream->heard_before) ? stream->heard_before : stream->made_at;
}

static void add_data_state(const struct plan *plan, const struct stream_facts *stream, struct buffer *out) {
    if (!day_is(stream->period.first) || stream->owed == 0) return;
    struct saying_text period = words_of(plan, stream->period);
    if (stream->missing == 0)
        buffer_printf(out, "%s数据已收全", period.text);
    else if (stream->missing == stream->owed)
        buffer_printf(out, "%s数据未到", period.text);
    else
        buffer_printf(out, "%s数据缺%zu项", period.text, stream->missing);
}

static void line_offline(const struct plan *plan, const struct stream_facts *stream, struct instant now,
                         struct buffer *out) {
    int days = calendar_working_between(plan->calendar, instant_day(last_sign(stream)), instant_day(now));
    buffer_printf(out, "采集端%d个工作日无心跳 ", days > 0 ? days : 1);
    add_data_state(plan, stream, out);
}

/* What was wrong stands before what is to be done. */
static size_t first_clause(struct slice text) {
    static const char *const ends[] = {"；", "。"};
    size_t len = text.len;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        const char *at = memmem(text.ptr, len, ends[i], strlen(ends[i]));
        if (at && at > text.ptr) len = (size_t)(at - text.ptr);
    }
    return len;
}

static void line_rejected(const struct receipt *r, struct buffer *out) {
    struct saying_text table = table_words(r);
    if (all_refused(r) && r->refused <= 1)
        buffer_printf(out, "%s整份退回", table.text);
    else if (all_refused(r))
        buffer_printf(out, "%s%d行全退", table.text, (int)r->refused);
    else
        buffer_printf(out, "%s%d行退%d行", table.text, rows_of(r), (int)r->refused);
    if (r->text.ptr && r->text.len > 0) buffer_printf(out, " %.*s", (int)first_clause(r->text), r->text.ptr);
}

static void line_recovered(const struct plan *plan, const struct digest_item *item, struct buffer *out) {
    const struct stream_facts *stream = item->stream;
    if (item->rule == ALERT_OFFLINE) {
        buffer_add_text(out, "采集端已恢复 ");
        add_data_state(plan, stream, out);
    } else if (item->rule == ALERT_MISSING) {
        buffer_printf(out, "%s数据已到", words_of(plan, stream->period).text);
        if (stream->missing > 0)
            buffer_printf(out, " 仍缺%zu项", stream->missing);
        else
            buffer_printf(out, " %zu项收全", stream->owed);
    } else if (item->receipt) {
        buffer_printf(out, "%s已重新收到", table_words(item->receipt).text);
    }
}

/* "9月数据未到 通报 广两改办〔2022〕3号" */
static void line_card(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    if (item->rule == ALERT_MISSING)
        buffer_printf(out, "%s数据未到 ", words_of(view->plan, item->stream->period).text);
    else
        buffer_printf(out, "%s ", alert_rule_word(item->rule));
    saying_card(view, item, SAYING_FULL, out);
}

void saying_silence(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    if (saying_is_card(item))
        line_card(view, item, out);
    else if (saying_recovered(item))
        line_recovered(view->plan, item, out);
    else if (item->rule == ALERT_MISSING)
        line_missing(view->plan, item->stream, view->now, out);
    else if (item->rule == ALERT_OFFLINE)
        line_offline(view->plan, item->stream, view->now, out);
    else if (item->receipt)
        line_rejected(item->receipt, out);
}

/* On a list: "10月数据未到 7项灰，不算慢（应11月5日）". */
void saying_silence_short(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    const struct stream_facts *stream = item->stream;
    if (item->rule != ALERT_MISSING || saying_recovered(item) || saying_is_card(item)) {
        saying_silence(view, item, out);
        return;
    }
    buffer_printf(out, "%s数据未到 %zu项灰，不算慢（应", words_of(view->plan, stream->period).text, stream->missing);
    saying_day_near(view, stream->period.closing, out);
    buffer_add_text(out, "）");
}

/* --- bodies --- */

/* "今早8:10", "今天14:20", "10月8日17:20" */
static void add_heard(const struct digest_view *view, struct instant heard, struct buffer *out) {
    enum { DAWN = 5 * 60, NOON = 12 * 60 };
    int minutes = (int)(instant_ms_of_day(heard) / MS_MINUTE);
    if (instant_day(heard).n != instant_day(view->now).n)
        saying_day_near(view, instant_day(heard), out);
    else
        buffer_add_text(out, minutes >= DAWN && minutes < NOON ? "今早" : "今天");
    buffer_printf(out, "%d:%02d", minutes / 60, minutes % 60);
}

static void add_last_file(const struct digest_view *view, const struct stream_facts *stream, struct buffer *out) {
    const struct receipt *r = last_report(stream);
    if (!r) {
        buffer_add_text(out, stream->receipt_count ? "近来没有收到过报表。\n" : "还没有收到过文件。\n");
        return;
    }
    struct saying_text period = receipt_period(r);
    buffer_add_text(out, "上次");
    saying_day_near(view, instant_day(r->known_at), out);
    buffer_printf(out, "（%s%s%d行", period.text, *period.text ? "，" : "", rows_of(r));
    if (r->refused > 0)
        buffer_printf(out, "，退%d行）。\n", (int)r->refused);
    else
        buffer_add_text(out, "全收）。\n");
}

void saying_body_missing(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    const struct stream_facts *stream = item->stream;
    if (instant_is(stream->heard_before)) {
        buffer_add_text(out, "采集端在线（");
        add_heard(view, stream->heard_before, out);
        buffer_add_text(out, "），网络正常，没有新文件；");
    } else {
        buffer_add_text(out, "采集端在线，没有新文件；");
    }
    add_last_file(view, stream, out);
    buffer_add_text(out, "所以：是没有导出，不是断网，也不是被退回。\n");
    int year, month, mday;
    day_split(instant_day(view->now), &year, &month, &mday);
    buffer_printf(out, "影响：%zu项显示灰色，不算滞后；其中%d月内到期%zu项。\n", stream->missing, month,
                  stream->missing_due);
    if (saying_step(item, "urged"))
        saying_history(view, item, out);
    else
        saying_answer_line(view, item, out);
    buffer_printf(out, "请办：导出%s报表到原文件夹；没有变化也请导出一次（记“无变化”）。",
                  words_of(view->plan, stream->period).text);
    if (saying_step(item, "urged")) {
        buffer_add_text(out, "有困难的，");
        saying_answer_day(view, out);
        buffer_printf(out, "前说明（%u个工作日）。", saying_rules(view)->alerts.answer_days);
    }
    buffer_add_text(out, "\n");
    saying_follow_line(view, item, out);
}

void saying_body_offline(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    const struct stream_facts *stream = item->stream;
    if (instant_is(stream->heard_before)) {
        buffer_add_text(out, "最后一次心跳");
        add_heard(view, stream->heard_before, out);
    } else {
        buffer_add_text(out, "采集端还没有接通过");
    }
    buffer_printf(out, "，采集流 %s。\n", stream->name);
    buffer_add_text(out, "所以：是采集端停了或网络断了，不算未报；积压的数不会丢，接通后自动补传。\n"
                         "请办：查看采集端所在的电脑、网络和 duban-collector 服务。\n");
}

/* ":42" is a line of a text file; a cell of a workbook ("6月!F17") says itself. */
static void add_place(struct slice place, struct buffer *out) {
    int64_t row;
    if (!place.ptr || place.len == 0) return;
    if (place.ptr[0] == ':' && text_to_int(place.ptr + 1, place.len - 1, &row))
        buffer_printf(out, "第%d行 ", (int)row);
    else
        buffer_printf(out, "%.*s ", (int)place.len, place.ptr);
}

void saying_body_rejected(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    enum { FILE_CHARS = 60, REFUSAL_CHARS = 120 };
    const struct receipt *r = item->receipt;
    if (!r) return;
    buffer_add_text(out, "文件“");
    if (r->file.ptr) saying_text(r->file, FILE_CHARS, out);
    buffer_add_text(out, "”（");
    saying_day_near(view, instant_day(r->known_at), out);
    buffer_printf(out, "收到）：收%d行，无变化%d行，待核%d行，退%d行。\n", (int)r->taken, (int)r->unchanged,
                  (int)r->held, (int)r->refused);
    if (r->text.ptr) {
        buffer_add_text(out, "第一处：");
        add_place(r->place, out);
        saying_text(r->text, REFUSAL_CHARS, out);
        buffer_add_text(out, "\n");
    }
    buffer_add_text(out, "请办：改好后重新放入原文件夹；已收的行不会重复。\n");
}

void saying_silence_over(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    const struct stream_facts *stream = item->stream;
    const struct receipt *last = last_report(stream);
    if (item->rule == ALERT_MISSING && last && day_is(stream->period.closing)) {
        struct day came = instant_day(last->known_at);
        int late = calendar_working_between(view->plan->calendar, stream->period.closing, came);
        saying_day_near(view, came, out);
        buffer_add_text(out, "收到（应");
        saying_day_near(view, stream->period.closing, out);
        buffer_printf(out, "报，迟%d个工作日）。\n", late > 0 ? late : 0);
    }
    saying_day_near(view, instant_day(item->opened_at), out);
    buffer_printf(out, "的%s到此了结，%s记录保留。\n", alert_rule_word(item->rule),
                  item->rule == ALERT_OFFLINE ? "积压的数自动补传，" : "");
}
