// The pages on which the business is run, each at its address: /admin/corrections, /admin/webhooks. A page of several parts shows the
// one that the address names.

import { useLocation } from 'preact-iso';

import { PageTitle } from '../../components/PageTitle';
import { useAddress } from '../../lib/address';
import { BoardFigures, BoardTable } from './BoardTable';
import { boardsOf } from './boards';
import { sayOf } from './words';

export default function OperationsPage() {
  const { query } = useAddress();
  const { path } = useLocation();
  const name = path.slice('/admin/'.length);
  const boards = boardsOf(name);
  const shown = boards.find((board) => board.name === query['view']) ?? boards[0];
  return (
    <div class="wide">
      <PageTitle>{sayOf('page', name)}</PageTitle>
      <p class="lead">{sayOf('lead', name)}</p>
      {boards.length > 1 && (
        <nav class="views" aria-label={sayOf('page', name)}>
          {boards.map((board, at) => (
            <a key={board.name} href={at === 0 ? path : `${path}?view=${board.name}`} aria-current={board === shown ? 'page' : undefined}>{sayOf('title', board.name)}</a>
          ))}
        </nav>
      )}
      {shown && (shown.columns.length > 0 ? <BoardTable key={shown.name} board={shown} /> : <BoardFigures key={shown.name} board={shown} />)}
    </div>
  );
}
