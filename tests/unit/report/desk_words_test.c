#include "common/report/desk_words.h"

#include <criterion/criterion.h>

#include "common/base/cleanup.h"
#include "proto/more.h"

static void expect(uint32_t kind, const struct more *more, const char *words) {
    CLEAN(buffer_finish) struct buffer out = {0};
    uint8_t bytes[MORE_BYTES_MAX];
    size_t len = 0;
    cr_assert_eq(more_encode(kind, more, bytes, sizeof bytes, &len), PROTO_OK, "%s", words);
    desk_words(kind, (struct slice){(const char *)bytes, len}, &out);
    cr_expect_str_eq(buffer_text(&out), words);
}

static struct day on(const char *text) {
    struct day day;
    cr_assert(day_parse(text, 10, &day), "%s", text);
    return day;
}

Test(desk_words, who_did_what) {
    struct more more = {.reply = {.number = slice_of("D21-1108-05/2"),
                                  .who = slice_of("王五"),
                                  .by_when = on("2021-12-10"),
                                  .reason_code = slice_of("land"),
                                  .text = slice_of("12月10日前贯通")},
                        .by = slice_of("李四")};
    expect(EVENT_REPLY, &more, "王五 答复D21-1108-05/2，承诺2021-12-10，原因用地：“12月10日前贯通”（李四记）");
    more = (struct more){.by = slice_of("李四"), .extension = {.due = DAY_NONE}};
    expect(EVENT_EXTENSION, &more, "李四 不同意延期");
    more.extension.due = on("2022-03-31");
    more.extension.document = slice_of("广改办〔2021〕9号");
    expect(EVENT_EXTENSION, &more, "李四 同意延到2022-03-31（广改办〔2021〕9号）");
    more = (struct more){.by = slice_of("孙七"), .close_out = {.passed = true, .step = slice_of("lead")}};
    expect(EVENT_CLOSE_CHECKED, &more, "孙七 牵头核查通过");
    more.close_out.step = (struct slice){NULL, 0};
    expect(EVENT_CLOSE_CHECKED, &more, "孙七 核验通过，销号");
    more = (struct more){
        .by = slice_of("李四"),
        .issue = {.number = slice_of("D22-0106-01"), .level = slice_of("red_card"), .document = slice_of("9号")}};
    expect(EVENT_ISSUE, &more, "李四 发红牌（9号），因D22-0106-01");
    more = (struct more){.by = slice_of("李四"), .mute = {.rule = slice_of("slipping"), .until = DAY_NONE}};
    expect(EVENT_MUTE, &more, "李四 滞后暂不提醒，到办结");
    more = (struct more){.by = slice_of("李四"), .override = {.light = slice_of("yellow"), .until = on("2021-11-30")}};
    expect(EVENT_OVERRIDE, &more, "李四 显示为黄，到2021-11-30");
    more = (struct more){.by = slice_of("李四"), .go_live = {.live = false, .rules = slice_of("")}};
    expect(EVENT_GO_LIVE, &more, "李四 转试运行");
}

Test(desk_words, figures_and_what_cannot_be_read_say_nothing) {
    CLEAN(buffer_finish) struct buffer out = {0};
    desk_words(EVENT_FIGURE, (struct slice){NULL, 0}, &out);
    desk_words(EVENT_REPLY, (struct slice){"\x91\xc0", 2}, &out);
    desk_words(200, (struct slice){"\x90", 1}, &out);
    cr_expect_eq(out.len, 0);
    cr_expect_null(desk_by(EVENT_REPLY, (struct slice){NULL, 0}).ptr);
}
