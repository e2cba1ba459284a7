'use strict';
module.exports = async () => { await globalThis[Symbol.for('mockauth0.jest')]?.(); };
