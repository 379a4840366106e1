/** What the rules of the search for secrets find, in words. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { SecretRule } from './contract';
import { labelOf } from './labels';

/** What it looks like, e.g. "a GitHub token". */
export function secretLabel(rule: string, trans: TranslationBundle): string {
  const labels: Record<SecretRule, string> = {
    'aws-access-key': trans.__('an AWS access key id'),
    'github-token': trans.__('a GitHub token'),
    'gitlab-token': trans.__('a GitLab token'),
    'slack-token': trans.__('a Slack token'),
    'slack-webhook': trans.__('a Slack webhook'),
    'google-api-key': trans.__('a Google API key'),
    'google-oauth': trans.__('a Google OAuth secret'),
    'stripe-key': trans.__('a Stripe key'),
    'pypi-token': trans.__('a PyPI token'),
    'npm-token': trans.__('an npm token'),
    'huggingface-token': trans.__('a Hugging Face token'),
    'anthropic-key': trans.__('an Anthropic API key'),
    'openai-key': trans.__('an OpenAI API key'),
    'databricks-token': trans.__('a Databricks token'),
    'sendgrid-key': trans.__('a SendGrid key'),
    'digitalocean-token': trans.__('a DigitalOcean token'),
    'azure-storage-key': trans.__('an Azure storage or service bus key'),
    'azure-sas': trans.__('a signed Azure link'),
    'json-web-token': trans.__('a JSON web token'),
    'private-key': trans.__('a private key'),
    'url-password': trans.__('a password in a URL'),
    password: trans.__('a password written out'),
    key: trans.__('a key or token written out'),
    'bearer-token': trans.__('a token in an Authorization header')
  };
  return labelOf(labels, rule);
}
