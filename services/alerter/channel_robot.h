/* Group robots of WeCom, DingTalk and Feishu: a text into a room, signed where the vendor signs, judged by the answer's
 * body (HTTP 200 says nothing). Rules are the vendors': developer.work.weixin.qq.com/document/path/99398 (WeCom),
 * open.dingtalk.com "custom robot", open.feishu.cn "custom bot". Everything but channel_robot is pure. */
#ifndef DUBAN_ALERTER_CHANNEL_ROBOT_H
#define DUBAN_ALERTER_CHANNEL_ROBOT_H

#include "services/alerter/channel.h"

/* Prepares the transfer. now: real time, signatures are good for an hour around it. */
__attribute__((warn_unused_result)) enum error_code channel_robot(const struct channel_named *robot,
                                                                  const struct delivery *delivery, struct instant now,
                                                                  struct channel_transfer *out, struct error *err);
/* No vendor answers with more than CHANNEL_ANSWER_MAX bytes: such an answer is not read for its code, and is tried again
 * ROBOT_FOREIGN_TRIES times in all. */
enum { ROBOT_FOREIGN_TRIES = 3 };
struct channel_verdict channel_robot_verdict(const struct channel_named *robot,
                                             const struct channel_transfer *transfer, CURLcode result,
                                             struct buffer *answer);

/* --- the request: channel_robot_body.c --- */

enum { ROBOT_SIGN_MAX = 64 };
/* base64 of HMAC-SHA256, not yet encoded for a URL. DingTalk's key is the secret, its message "MS\nSECRET"; Feishu's key
 * is "S\nSECRET", its message empty. */
void dingtalk_sign(const struct buffer *secret, struct instant now, char out[ROBOT_SIGN_MAX]);
void feishu_sign(const struct buffer *secret, struct instant now, char out[ROBOT_SIGN_MAX]);

/* Bytes: WeCom bounds the text, DingTalk and Feishu the whole request. */
enum { WECOM_TEXT_MAX = 2048, ROBOT_TEXT_MAX = 18000, ROBOT_BODY_MAX = 20000 };
/* text, or as many of its whole lines as fit `bytes` with a last line that says how many are missing and by which number
 * they are found. A first line that is too long by itself is cut between characters. */
void robot_text(const char *text, const char *number, size_t bytes, struct buffer *out);
__attribute__((warn_unused_result)) bool robot_body(const struct channel_named *robot, const struct delivery *delivery,
                                                    struct instant now, struct buffer *out);
/* With key and signature: a secret. */
__attribute__((warn_unused_result)) bool robot_url(const struct channel_named *robot, struct instant now,
                                                   struct buffer *out);

/* --- the answer: channel_robot_answer.c --- */

/* body: what came back. reset_s: the header x-ogw-ratelimit-reset, 0 = none. remedy: words for the operator, "" = none. */
struct channel_verdict robot_judge(enum channel_kind kind, long status, const char *body, size_t len, long reset_s,
                                   const char **remedy);

#endif
