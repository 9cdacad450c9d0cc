import { runMessageService, selfCheckOf, serveOrDoctor } from '@causeway/service';
import { SEQUENCER, SequencerModule } from './sequencer.module';

void serveOrDoctor(selfCheckOf(SEQUENCER), () => runMessageService(SEQUENCER.principal, SequencerModule));
