/* One event out and acknowledged: for programs that speak now and then, as the office's decisions. */
#include "common/base/cleanup.h"
#include "common/spool/uplink.h"

static enum error_code send_append(struct spool *spool, const struct event *event, struct instant now, uint64_t *seq,
                                   struct error *err) {
    enum error_code code = spool_begin(spool, err);
    if (!code) code = spool_append_event(spool, event, now, seq, err);
    if (!code) code = spool_commit(spool, err);
    return code;
}

static enum error_code send_halted(const struct uplink *uplink, struct error *err) {
    enum halt_reason halt = uplink_status(uplink).halt;
    return error_set(err, ERROR_REFUSED,
                     "the centre has stopped this stream (%s): it goes on only when an operator resumes it",
                     halt_reason_name(halt));
}

static enum error_code send_wait(struct uplink *uplink, struct link_loop *loop, struct spool *spool, struct instant now,
                                 uint64_t seq, int deadline_ms, struct error *err) {
    struct tick end = tick_after(tick_now(), deadline_ms);
    for (;;) {
        enum error_code code = uplink_turn(uplink, now, err);
        if (code) return code;
        if (spool_state(spool)->acked_seq >= seq) return ERROR_OK;
        if (uplink_status(uplink).state == SENDER_HALTED) return send_halted(uplink, err);
        struct tick at = tick_now();
        if (at.ms >= end.ms || loop->stopping) {
            const char *trouble = uplink_status(uplink).trouble;
            return error_set(err, ERROR_CONNECTION,
                             "no acknowledgement from the centre yet (%s): it is kept in the spool and goes next time",
                             trouble[0] ? trouble : "no answer");
        }
        code = link_loop_turn(loop, tick_wait(at, end), err);
        if (code) return code;
    }
}

/* event NULL: what the spool holds already. */
static enum error_code send_session(struct spool *spool, const struct uplink_settings *settings,
                                    const struct event *event, struct instant now, int deadline_ms, unsigned *rejected,
                                    struct error *err) {
    uint64_t seq = spool_state(spool)->last_seq;
    struct link_context *context = NULL;
    struct uplink *uplink = NULL;
    struct link_loop loop;
    *rejected = 0;
    enum error_code code = link_loop_init(&loop, NULL, err);
    if (code) return code;
    code = link_context_open(&context, err);
    if (!code) code = uplink_create(settings, spool, context, &loop, &uplink, err);
    if (!code && event) code = send_append(spool, event, now, &seq, err);
    if (!code) {
        uplink_watch(uplink, seq);
        code = send_wait(uplink, &loop, spool, now, seq, deadline_ms, err);
        *rejected = uplink_watched(uplink);
    }
    uplink_destroy(&uplink);
    link_loop_finish(&loop);
    link_context_close(&context);
    return code;
}

enum error_code spool_send_and_wait(struct spool *spool, const struct uplink_settings *settings,
                                    const struct event *event, struct instant now, int deadline_ms, unsigned *rejected,
                                    struct error *err) {
    return send_session(spool, settings, event, now, deadline_ms, rejected, err);
}

enum error_code spool_send_held(struct spool *spool, const struct uplink_settings *settings, struct instant now,
                                int deadline_ms, struct error *err) {
    unsigned ignored = 0;
    return send_session(spool, settings, NULL, now, deadline_ms, &ignored, err);
}
