/* What the house says of itself, to the office alone: a message that did not arrive, a calendar that ends, a heap that
 * does not go down. */
#include "common/base/text.h"
#include "common/domain/saying.h"

static const char *text_or(const char *text, const char *other) {
    return text && *text ? text : other;
}

static void line_recovered(const struct digest_item *item, struct buffer *out) {
    if (item->rule == ALERT_UNDELIVERABLE)
        buffer_printf(out, "%s %s已送到", text_or(item->house.meant_for, "收件人"), text_or(item->house.number, ""));
    else if (item->rule == ALERT_CALENDAR)
        buffer_printf(out, "%d年工作日历已装", item->house.year);
    else
        buffer_add_text(out, "待发的已发完");
}

void saying_house(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    const struct digest_house *house = &item->house;
    if (saying_recovered(item)) {
        line_recovered(item, out);
    } else if (item->rule == ALERT_UNDELIVERABLE) {
        buffer_printf(out, "送不到 %s %s %s", text_or(house->meant_for, "收件人"), text_or(house->number, ""),
                      text_or(house->channel, ""));
    } else if (item->rule == ALERT_CALENDAR) {
        struct day last = DAY_NONE, today = instant_day(view->now);
        if (day_make(house->year - 1, 12, 31, &last) && last.n >= today.n)
            buffer_printf(out, "%d年工作日历没有装 剩%d天", house->year, (int)(last.n - today.n));
        else
            buffer_printf(out, "%d年工作日历没有装", house->year);
    } else {
        buffer_printf(out, "待发%zu条积压 最早的等了%d分钟", house->waiting, (int)house->minutes);
    }
}

static void body_undeliverable(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    enum { ANSWER_CHARS = 120 };
    const struct digest_house *house = &item->house;
    const char *channel = text_or(house->channel, "");
    buffer_printf(out, "通道 %s 的回答：", channel);
    saying_text(slice_of(text_or(house->answer, "没有回答")), ANSWER_CHARS, out);
    buffer_add_text(out, "。");
    saying_known(view, out);
    buffer_printf(out, "。\n请办：这条%s没有收到，请电话告知；再改联系方式或通道（duban channel test %s）。\n",
                  text_or(house->meant_for, "对方"), channel);
}

void saying_body_house(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    if (item->rule == ALERT_UNDELIVERABLE) {
        body_undeliverable(view, item, out);
        return;
    }
    saying_known(view, out);
    if (item->rule == ALERT_CALENDAR) {
        buffer_printf(out, "。到12月31日还没有装的，%d年的报送截止日、答复日和提醒都算不出来。\n", item->house.year);
        buffer_add_text(out, "请办：放假安排公布后，把节假日和调休写进日历表，重新装入计划。\n");
    } else {
        buffer_add_text(out,
                        "。提醒没有发出去，对方还没有收到。\n请办：看 duban doctor 和 duban outbox，查网络和通道。\n");
    }
}
