/** Findings that are let pass, and why. */
export interface Exceptions {
  readonly [rule: string]: string;
}

/** Of cfn-lint, in every variant. */
export const LINT_EXCEPTIONS: Exceptions = {
  W3005: 'osls writes DependsOn where a Ref says the same already',
};

/** Of cfn-lint, where neither a VPC nor a domain is named. */
export const LINT_EXCEPTIONS_OF_EMPTY: Exceptions = {
  W1030: 'an empty domain is what the condition asks for; what it leads to is not made then',
  W1033: 'the same of empty subnets',
};

/** Of cfn-lint, in the deploying role. */
export const LINT_EXCEPTIONS_OF_ROLE: Exceptions = {
  W3037:
    'the schema of a stage names rights to tag that AWS’s list has not; rights that neither knows are found by checkDeployingRole',
};

/** Of checkov. */
export const POLICY_EXCEPTIONS: Exceptions = {
  CKV_AWS_18: 'nobody reads the bucket of the deployed code but CloudFormation, whose calls CloudTrail holds',
  CKV_AWS_21: 'git keeps the versions of the code, and the bucket the latest five uploads',
  CKV_AWS_27: 'queues are encrypted by SQS (SqsManagedSseEnabled), which this rule does not know',
  CKV_AWS_95: 'every function logs its own requests, without the addresses of users',
  CKV_AWS_115:
    'wechat-events alone keeps some, where it is asked for; the rest of the account would lack what others keep',
  CKV_AWS_116:
    'what runs asynchronously runs again by its schedule; queues have dead-letter queues of their own',
  CKV_AWS_117: 'a VPC is an option for those functions that carry the AppSecret; the others call AWS only',
  CKV_AWS_119: 'the table is encrypted with the key of AWS; a key of your own costs by month and call',
  CKV_AWS_158: 'logs are encrypted by CloudWatch; the same of a key of your own',
  CKV_AWS_173: 'variables hold names of parameters and no secret',
};
