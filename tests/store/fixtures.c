#include "tests/store/fixtures.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"

__attribute__((noreturn)) static void give_up(const char *why) {
    (void)fprintf(stderr, "fixture: %s\n", why);
    abort();
}

struct plan_saved cluster_load_plan(struct pg *owner, struct instant at) {
    CLEAN(buffer_finish) struct buffer text = {0};
    CLEAN(findings_finish) struct findings findings = {0};
    struct error err = {0};
    struct plan *plan = NULL;
    struct plan_saved saved;
    if (file_read(DUBAN_SOURCE_DIR "/deploy/plan/small.yaml", 1 << 20, &text, &err) != ERROR_OK) give_up(err.message);
    const struct plan_text one = {"plan", "small.yaml", {buffer_text(&text), text.len}};
    if (plan_read_on(&one, 1, instant_day(at), &plan, &findings) != ERROR_OK)
        give_up(findings.count ? findings.items[0].message : "small.yaml is unreadable");
    const struct plan_save save = {.plan = plan, .texts = &one, .text_count = 1, .loaded_at = at, .loaded_by = "test"};
    if (plan_save(owner, &save, &saved, &err) != ERROR_OK) give_up(err.message);
    plan_destroy(&plan);
    return saved;
}
