// For bundlers that do not read `exports`, such as webpack 4.
require('../dist/subscribe-guide/index.js');
