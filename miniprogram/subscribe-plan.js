// For bundlers that do not read `exports`, such as webpack 4.
module.exports = require('./dist/subscribe-plan.js');
