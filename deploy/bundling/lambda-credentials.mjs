// For what still calls AWS by the SDK: on Lambda credentials are in the environment; of the SDK's other places to look none is there.
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
