/** One comment: who, when, and plain text. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IComment } from '../contract';
import { Ago, Name } from '../components';

export function CommentText(props: { comment: IComment; now: number; trans: TranslationBundle }): React.JSX.Element {
  const { comment } = props;
  return (
    <div className="enb-comment" data-enablement-comment={comment.id}>
      <p className="enb-comment-head">
        <strong>
          <Name>{comment.author}</Name>
        </strong>{' '}
        <Ago since={comment.at} now={props.now} trans={props.trans} />
      </p>
      <p className="enb-comment-text" dir="auto">
        {comment.text}
      </p>
    </div>
  );
}
