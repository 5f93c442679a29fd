module.exports = Object.assign(() => () => undefined, { secretLintProfiler: { mark() {} } });
