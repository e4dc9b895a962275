// A wire between browser and board that can be counted and cut. It carries bytes and knows nothing of what they say but
// the first line of each request.
import http from 'node:http';

export async function wire(target) {
    const to = new URL(target);
    const counted = { requests: [], streams: 0, streamsEver: 0 };
    let cut = false;
    const open = new Set();
    const server = http.createServer((request, response) => {
        if (cut) return request.socket.destroy();
        counted.requests.push(request.url);
        const stream = request.url.startsWith('/api/v1/events');
        const onward = http.request({ host: to.hostname, port: to.port, path: request.url, method: request.method, headers: { ...request.headers, host: to.host } }, (answer) => {
            response.writeHead(answer.statusCode, answer.headers);
            response.flushHeaders();
            answer.pipe(response);
        });
        if (stream) {
            counted.streams++;
            counted.streamsEver++;
        }
        response.on('close', () => {
            if (stream) counted.streams--;
            onward.destroy();
        });
        onward.on('error', () => request.socket.destroy());
        request.pipe(onward);
        return undefined;
    });
    server.on('connection', (socket) => {
        open.add(socket);
        socket.on('close', () => open.delete(socket));
    });
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    return {
        base: `http://127.0.0.1:${server.address().port}`,
        counted,
        cut() {
            cut = true;
            for (const socket of open) socket.destroy();
        },
        mend: () => (cut = false),
        close() {
            for (const socket of open) socket.destroy();
            server.close();
        },
    };
}

// Waits for a state, not for time to pass.
export async function until(what, patience = 60000) {
    const end = performance.now() + patience;
    for (;;) {
        const value = await what();
        if (value || performance.now() > end) return value;
        await new Promise((next) => setTimeout(next, 20));
    }
}
