/* The ledger as a file: its columns, its formula-proof cells, and what it says when it is cut. */
#include "common/report/ledger_rows.h"

#include "tests/unit/report/scene.h"

static const char plan_text_[] =
    "programme: x\n"
    "title: 示例\n"
    "areas: [{code: \"510823\", name: 剑阁县, short: 剑阁}, {code: \"510824\", name: 苍溪县, short: 苍溪}]\n"
    "units: [{name: 市教育局}]\n"
    "tasks:\n"
    "  - {code: T01, title: 校舍维修, leads: [市教育局], targets: [\n"
    "      {code: T01.1, name: 校舍面积, unit: 平方米, kind: cumulative, value: 5, due: 2021-12-31,\n"
    "       shares: {\"510823\": 2, \"510824\": 3}}]}\n"
    "  - {code: T02, title: 只看文字, leads: [市教育局]}\n";

static const char titles[] =
    "\xEF\xBB\xBF序号,任务,牵头单位,责任单位,指标,县区,单位,目标,完成,序时应达,偏差点,期限,亮灯,"
    "状态,报送,说明,数据截至,所知,原期限,标记,代码\r\n";

static void fill(struct scene *scene) {
    scene_init(scene, plan_text_, "2021-11-08T08:30:00+08:00");
    for (size_t i = 0; i < scene->plan->cell_count; i++)
        scene->view.cells[i] = (struct assessment){.state = STATE_NO_FIGURE,
                                                   .light = LIGHT_GREY,
                                                   .proposed = LIGHT_GREY,
                                                   .due = on("2021-12-31"),
                                                   .due_original = on("2021-12-31")};
    static struct cell_event said;
    said.note = slice_of("缺材料");
    for (size_t i = 0; i < scene->plan->cell_count; i++)
        scene->view.events[i] = (struct cell_events){&said, 1};
    scene->morning.words[1] = (struct task_words){.found = true, .as_of = on("2021-10-29"), .text = "=已开工"};
}

Test(ledger, has_a_line_for_each_cell_and_each_task_of_words) {
    CLEAN(scene_finish) struct scene scene;
    CLEAN(buffer_finish) struct buffer out = {0};
    fill(&scene);
    ledger_csv(&scene.view, scene.morning.words, NULL, 0, &out);
    cr_expect_eq(strncmp(buffer_text(&out), titles, sizeof titles - 1), 0, "%s", buffer_text(&out));
    cr_expect_str_eq(buffer_text(&out) + sizeof titles - 1,
                     "1,01 校舍维修,市教育局,,校舍面积,剑阁县,平方米,2,,,,2021-12-31,灰,无数,,缺材料,,,,,T01.1\r\n"
                     "2,01 校舍维修,市教育局,,校舍面积,苍溪县,平方米,3,,,,2021-12-31,灰,无数,,缺材料,,,,,T01.1\r\n"
                     "3,02 只看文字,市教育局,,（无指标，看文字进展）,,,,,,,,–,文字,,'=已开工,2021-10-29,,,,T02\r\n");
}

Test(ledger, counts_what_it_leaves_out) {
    CLEAN(scene_finish) struct scene scene;
    CLEAN(buffer_finish) struct buffer out = {0};
    fill(&scene);
    ledger_csv(&scene.view, scene.morning.words, NULL, 1, &out);
    cr_expect(strstr(buffer_text(&out), "\r\n1,"), "%s", buffer_text(&out));
    cr_expect_null(strstr(buffer_text(&out), "\r\n2,"), "%s", buffer_text(&out));
    cr_expect(strstr(buffer_text(&out), "\r\n…另有 2 行没有附上：duban ledger --csv\r\n"), "%s", buffer_text(&out));
}
