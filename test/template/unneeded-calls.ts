/** Calls in the schema of a type that no resource of ours comes to. */
export interface Unneeded {
  /** By the property that asks for them: unneeded while no resource has it. */
  readonly withoutProperty?: Readonly<Record<string, readonly string[]>>;
  /** By the reason why they are never made, or never allowed. */
  readonly never?: Readonly<Record<string, readonly string[]>>;
}

const KMS = ['kms:DescribeKey', 'kms:GenerateDataKey', 'kms:Decrypt'];
const KMS_OF_EVENTS = [
  ...KMS,
  'kms:Encrypt',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncrypt',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];
const S3_TABLES = [
  's3tables:CreateNamespace',
  's3tables:CreateTable',
  's3tables:CreateTableBucket',
  's3tables:GetTable',
  's3tables:GetTableMetadataLocation',
  's3tables:PutTableBucketPolicy',
  's3tables:PutTableEncryption',
  's3tables:PutTablePolicy',
  's3tables:UpdateTableMetadataLocation',
];

/** By type. A property that a resource comes to have makes its calls needed at once. */
export const UNNEEDED: Readonly<Record<string, Unneeded>> = {
  'AWS::ApiGatewayV2::Api': { withoutProperty: { BodyS3Location: ['s3:getObject'] } },
  'AWS::ApiGatewayV2::DomainName': {
    withoutProperty: { MutualTlsAuthentication: ['s3:GetObject', 's3:GetObjectVersion'] },
  },
  'AWS::ApiGatewayV2::Integration': { withoutProperty: { CredentialsArn: ['iam:PassRole'] } },
  'AWS::DynamoDB::Table': {
    withoutProperty: {
      ContributorInsightsSpecification: ['dynamodb:UpdateContributorInsights'],
      ImportSourceSpecification: [
        'dynamodb:DescribeImport',
        'dynamodb:ImportTable',
        'logs:CreateLogGroup',
        'logs:CreateLogStream',
        'logs:DescribeLogGroups',
        'logs:DescribeLogStreams',
        'logs:PutLogEvents',
        'logs:PutRetentionPolicy',
        's3:GetObject',
        's3:GetObjectMetadata',
        's3:ListBucket',
      ],
      KinesisStreamSpecification: [
        'dynamodb:DisableKinesisStreamingDestination',
        'dynamodb:EnableKinesisStreamingDestination',
        'dynamodb:UpdateKinesisStreamingDestination',
        'kinesis:DescribeStream',
        'kinesis:PutRecords',
      ],
      ResourcePolicy: ['dynamodb:DeleteResourcePolicy', 'dynamodb:PutResourcePolicy'],
      // With the key of AWS, its own policy lets in whoever may use the table.
      'SSESpecification.KMSMasterKeyId': [
        'kms:CreateGrant',
        'kms:Decrypt',
        'kms:DescribeKey',
        'kms:Encrypt',
        'kms:ListAliases',
        'kms:RevokeGrant',
      ],
    },
    never: {
      'only a table with copies in other regions has its items copied': [
        'dynamodb:AssociateTableReplica',
        'dynamodb:BatchWriteItem',
        'dynamodb:CreateTableReplica',
        'dynamodb:DeleteItem',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:Query',
        'dynamodb:Scan',
        'dynamodb:UpdateItem',
        'iam:CreateServiceLinkedRole',
      ],
    },
  },
  'AWS::Events::Connection': { withoutProperty: { KmsKeyIdentifier: [...KMS, 'kms:Encrypt'] } },
  'AWS::Events::EventBus': {
    withoutProperty: {
      KmsKeyIdentifier: KMS_OF_EVENTS,
      Policy: ['events:PutPermission', 'events:RemovePermission'],
    },
  },
  'AWS::Events::Rule': { withoutProperty: { RoleArn: ['iam:PassRole'] } },
  'AWS::IAM::Role': {
    withoutProperty: { Description: ['iam:UpdateRoleDescription'] },
    never: { 'no deployment may take the boundary from a role': ['iam:DeleteRolePermissionsBoundary'] },
  },
  'AWS::Lambda::EventSourceMapping': { withoutProperty: { KmsKeyArn: KMS } },
  'AWS::Lambda::Function': {
    withoutProperty: {
      CapacityProviderConfig: ['lambda:PassCapacityProvider'],
      'Code.S3ObjectVersion': ['s3:GetObjectVersion'],
      CodeSigningConfigArn: [
        'lambda:DeleteFunctionCodeSigningConfig',
        'lambda:GetCodeSigningConfig',
        'lambda:PutFunctionCodeSigningConfig',
      ],
      FileSystemConfigs: ['elasticfilesystem:DescribeMountTargets', 's3files:ListMountTargets'],
      FunctionScalingConfig: ['lambda:PutFunctionScalingConfig'],
      KmsKeyArn: [...KMS, 'kms:CreateGrant', 'kms:Encrypt'],
      Layers: ['lambda:GetLayerVersion'],
      PublishToLatestPublished: ['lambda:PublishVersion'],
      RecursiveLoop: ['lambda:PutFunctionRecursionConfig'],
      ReservedConcurrentExecutions: ['lambda:DeleteFunctionConcurrency', 'lambda:PutFunctionConcurrency'],
      RuntimeManagementConfig: ['lambda:PutRuntimeManagementConfig'],
    },
    never: { 'AWS names no such right': ['lambda:AssociateRuntimeAlias'] },
  },
  'AWS::Logs::LogGroup': {
    withoutProperty: {
      BearerTokenAuthenticationEnabled: ['logs:PutBearerTokenAuthentication'],
      DataProtectionPolicy: [
        'firehose:TagDeliveryStream',
        'logs:CreateLogDelivery',
        'logs:DeleteDataProtectionPolicy',
        'logs:PutDataProtectionPolicy',
        's3:REST.PUT.OBJECT',
      ],
      DeletionProtectionEnabled: ['logs:PutLogGroupDeletionProtection'],
      FieldIndexPolicies: ['logs:DeleteIndexPolicy', 'logs:PutIndexPolicy'],
      KmsKeyId: ['logs:AssociateKmsKey', 'logs:DisassociateKmsKey'],
      ResourcePolicyDocument: ['logs:DeleteResourcePolicy', 'logs:PutResourcePolicy'],
    },
  },
  'AWS::S3::Bucket': {
    withoutProperty: {
      AbacStatus: ['s3:PutBucketAbac'],
      AccelerateConfiguration: ['s3:PutAccelerateConfiguration'],
      AccessControl: ['s3:PutBucketAcl', 's3:PutObjectAcl'],
      AnalyticsConfigurations: ['s3:DeleteBucketAnalyticsConfiguration', 's3:PutAnalyticsConfiguration'],
      CorsConfiguration: ['s3:DeleteBucketCors', 's3:PutBucketCORS'],
      IntelligentTieringConfigurations: ['s3:PutIntelligentTieringConfiguration'],
      InventoryConfigurations: ['s3:PutInventoryConfiguration'],
      LifecycleConfiguration: ['s3:DeleteBucketLifecycle', 's3:PutLifecycleConfiguration'],
      LoggingConfiguration: ['s3:PutBucketLogging'],
      MetadataConfiguration: [
        ...S3_TABLES,
        's3:UpdateBucketMetadataAnnotationTableConfiguration',
        's3:UpdateBucketMetadataInventoryTableConfiguration',
        's3:UpdateBucketMetadataJournalTableConfiguration',
      ],
      MetadataTableConfiguration: [
        ...S3_TABLES,
        's3:CreateBucketMetadataTableConfiguration',
        's3:DeleteBucketMetadataTableConfiguration',
      ],
      MetricsConfigurations: ['s3:DeleteBucketMetricsConfiguration', 's3:PutMetricsConfiguration'],
      NotificationConfiguration: ['s3:PutBucketNotification'],
      ObjectLockConfiguration: ['s3:PutBucketObjectLockConfiguration', 's3:PutObjectLockConfiguration'],
      OwnershipControls: ['s3:PutBucketOwnershipControls'],
      ReplicationConfiguration: [
        'iam:PassRole',
        's3:DeleteBucketReplication',
        's3:PutBucketReplication',
        's3:PutReplicationConfiguration',
      ],
      VersioningConfiguration: ['s3:PutBucketVersioning'],
      WebsiteConfiguration: ['s3:DeleteBucketWebsite', 's3:PutBucketWebsite'],
    },
    never: {
      'AWS names no such right: putting is what also takes away': [
        's3:DeleteBucketEncryption',
        's3:DeleteBucketTagging',
      ],
    },
  },
};
