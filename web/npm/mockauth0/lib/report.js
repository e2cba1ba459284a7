'use strict';
exports.textOf = (diagnoses) => JSON.stringify(diagnoses, null, 1);
exports.timelineOf = (events) => JSON.stringify(events);
