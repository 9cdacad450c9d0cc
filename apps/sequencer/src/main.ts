import { runMessageService } from '@causeway/service';
import { SequencerModule } from './sequencer.module';

void runMessageService('sequencer', SequencerModule);
